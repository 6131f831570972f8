// What is shown: a camera, a video, or a picture. Each tells of every frame that can be seen.

class VideoSource extends Events {
  constructor(name) {
    super();
    this.name = name;
    this.node = el("video", { playsinline: true, muted: true, "aria-label": name });
    this.node.muted = true;
    this.isClosed = false;
    const tell = () => this.isClosed || this.emit("state");
    for (const event of ["play", "pause", "ended", "loadedmetadata", "timeupdate", "resize"])
      this.node.addEventListener(event, tell);
    this.watch();
  }

  get size() {
    return { width: this.node.videoWidth, height: this.node.videoHeight };
  }

  watch() {
    const { node } = this;
    if (!node.requestVideoFrameCallback) {
      this.poll();
      return;
    }
    const shown = (now, { mediaTime }) => {
      if (this.isClosed) return;
      this.emit("frame", this.timeOf(mediaTime, now));
      node.requestVideoFrameCallback(shown);
    };
    node.requestVideoFrameCallback(shown);
  }

  // For browsers that do not tell of frames.
  poll(last = -1) {
    if (this.isClosed) return;
    const { currentTime, readyState } = this.node;
    const isNew = readyState >= 2 && currentTime !== last;
    if (isNew) this.emit("frame", this.timeOf(currentTime, performance.now()));
    requestAnimationFrame(() => this.poll(isNew ? currentTime : last));
  }

  close() {
    this.isClosed = true;
    this.node.pause();
  }
}

class Camera extends VideoSource {
  constructor(stream) {
    super("Camera");
    [this.track] = stream.getVideoTracks();
    const { facingMode, deviceId } = this.track.getSettings();
    Object.assign(this, { stream, deviceId, kind: "camera", isMirrored: facingMode === "user" });
    this.node.srcObject = stream;
    this.node.play().catch(() => {}); // it begins when the page is in sight
    this.track.addEventListener("ended", () => this.emit("end"));
  }

  // The browser asks the visitor, who may refuse.
  static async ask(deviceId) {
    const wanted = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "environment" };
    const video = { ...wanted, width: { ideal: 1280 }, height: { ideal: 720 } };
    return new Camera(await navigator.mediaDevices.getUserMedia({ video, audio: false }));
  }

  // Cameras have no clock of their own that never goes back.
  timeOf(mediaTime, now) {
    this.began ??= now;
    return (now - this.began) / 1000;
  }

  close() {
    super.close();
    for (const track of this.stream.getTracks()) track.stop();
    this.node.srcObject = null;
  }
}

class Clip extends VideoSource {
  constructor(file) {
    super(file.name);
    this.kind = "clip";
    this.address = URL.createObjectURL(file);
    this.node.src = this.address;
    this.node.addEventListener("error", () => this.isClosed || this.emit("broken"));
    this.node.play().catch(() => {}); // the visitor may play it
  }

  timeOf(mediaTime) {
    return mediaTime;
  }

  toggle() {
    if (this.node.paused) this.node.play().catch(() => {});
    else this.node.pause();
  }

  close() {
    super.close();
    this.node.removeAttribute("src");
    URL.revokeObjectURL(this.address);
  }
}

class Picture extends Events {
  constructor(file) {
    super();
    Object.assign(this, { kind: "picture", name: file.name });
    this.address = URL.createObjectURL(file);
    this.node = el("img", { alt: file.name, src: this.address });
    this.node.addEventListener("error", () => this.emit("broken"));
    this.node.addEventListener("load", () => {
      this.emit("state");
      this.emit("frame", 0);
    });
  }

  get size() {
    return { width: this.node.naturalWidth, height: this.node.naturalHeight };
  }

  close() {
    URL.revokeObjectURL(this.address);
  }
}

function sourceOf(file) {
  return file.type.startsWith("image/") ? new Picture(file) : new Clip(file);
}
