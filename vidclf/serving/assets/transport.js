// Below the picture: what is shown, and of a video where it is.

const NO_CAMERA_HERE =
  "Browsers give the camera to safe pages only: open this page as localhost on the server's own " +
  "machine, or put a proxy with https before the server. A video or picture can be chosen all the " +
  "same, and a phone then offers its camera, too.";

const CAMERA_PROBLEMS = {
  NotAllowedError: "The browser does not let this page use the camera: allow it beside the page's address, then try again.",
  NotFoundError: "There is no camera on this machine. Choose a video or a picture instead.",
  NotReadableError: "The camera cannot be used: perhaps another program has it.",
  OverconstrainedError: "That camera is gone: choose another one.",
};

class Transport {
  constructor({ oncamera, onstop, onfile, notices }) {
    Object.assign(this, { oncamera, onstop, notices });
    this.camera = button("Use the camera", () => this.pressed(), { class: "main" });
    this.file = el("input", { type: "file", accept: "image/*,video/*", hidden: true });
    this.file.addEventListener("change", () => {
      if (this.file.files[0]) onfile(this.file.files[0]);
      this.file.value = "";
    });
    this.choose = button("Choose a video or picture", () => this.file.click());
    this.cameras = el("select", { "aria-label": "Which camera", hidden: true });
    this.cameras.addEventListener("change", () => this.ask(this.cameras.value));
    this.play = button("Play", () => this.source.toggle(), { class: "play" });
    this.position = el("input", { type: "range", min: 0, step: 0.01, "aria-label": "Position" });
    this.position.addEventListener("input", () => {
      this.source.node.currentTime = Number(this.position.value);
    });
    this.time = el("span", { class: "time" });
    this.clip = el("div", { class: "clip-controls", hidden: true }, this.play, this.position, this.time);
    const choice = el("div", { class: "line" }, this.camera, this.choose, this.file, this.cameras);
    this.node = el("div", { class: "transport" }, this.clip, choice);
    navigator.mediaDevices?.addEventListener("devicechange", () => this.listCameras());
  }

  show(source) {
    this.source = source;
    this.notices.clear("camera");
    this.camera.textContent = source?.kind === "camera" ? "Stop the camera" : "Use the camera";
    this.camera.classList.toggle("main", source === null);
    this.clip.hidden = source?.kind !== "clip";
    source?.on("state", () => this.showTime());
    this.listCameras();
  }

  showTime() {
    const { node, kind } = this.source;
    if (kind !== "clip") return;
    const end = Number.isFinite(node.duration) ? node.duration : 0;
    setText(this.play, node.paused ? "Play" : "Pause");
    this.position.max = end;
    this.position.value = node.currentTime;
    const text = `${clock(node.currentTime)} / ${clock(end)}`;
    this.position.setAttribute("aria-valuetext", text);
    setText(this.time, text);
  }

  pressed() {
    if (this.source?.kind === "camera") this.onstop();
    else this.ask();
  }

  async ask(deviceId) {
    if (!navigator.mediaDevices) {
      this.notices.set("camera", NO_CAMERA_HERE);
      return;
    }
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      if (this.source?.kind === "camera") this.source.close(); // phones open one at a time
      this.oncamera(await Camera.ask(deviceId));
    } catch (error) {
      if (this.source?.kind === "camera") this.onstop();
      this.notices.set("camera", CAMERA_PROBLEMS[error.name] ?? `The camera cannot be used: ${error.message}.`);
    }
    this.isAsking = false;
  }

  async listCameras() {
    const { source } = this;
    const devices = source?.kind === "camera" ? await navigator.mediaDevices.enumerateDevices() : [];
    if (source !== this.source) return;
    const cameras = devices.filter(({ kind }) => kind === "videoinput");
    this.cameras.hidden = cameras.length < 2;
    const options = cameras.map(({ deviceId, label }, place) =>
      el("option", { value: deviceId, selected: deviceId === source.deviceId }, label || `Camera ${place + 1}`),
    );
    this.cameras.replaceChildren(...options);
  }
}

// A file that is dropped anywhere on the page is taken.
function listenToDrops(node, onfile) {
  const isFile = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    node.classList.add("is-target");
  });
  addEventListener("dragleave", (event) => event.relatedTarget ?? node.classList.remove("is-target"));
  addEventListener("drop", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    node.classList.remove("is-target");
    if (event.dataTransfer.files[0]) onfile(event.dataTransfer.files[0]);
  });
}
