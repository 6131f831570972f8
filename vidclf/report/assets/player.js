// The video, on the clip's own clock; or a mere position in time where there is none.

const NO_RANGES =
  "This server does not let the browser go to a place in the clip: open the page as a file, or make it with --embed.";

const LATE_SECONDS = 0.25;

class Player extends Events {
  constructor(clip) {
    super();
    this.clip = clip;
    this.media = clip.media;
    this.position = clip.start;
    this.zero = 0;
    this.message = el("div", { class: "problem", role: "alert", hidden: true });
    this.video = el("video", {
      controls: true,
      playsinline: true,
      preload: "auto",
      "aria-label": `Video ${clip.video}`,
    });
    this.note = el("p", { class: "note", role: "status" });
    this.node = el("div", { class: "screen" }, this.video, this.message, this.note);
    this.listen();
    if (this.media) this.open(this.address());
    else this.complain(["This page was made without a clip."], true);
  }

  address() {
    if (this.media.src) return this.media.src;
    const bytes = bytesOf(document.getElementById(this.media.block));
    return URL.createObjectURL(new Blob([bytes], { type: this.media.type }));
  }

  open(address) {
    this.hasVideo = true;
    this.isReady = false;
    this.message.hidden = true;
    this.video.hidden = false;
    this.video.src = address;
  }

  close() {
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load();
  }

  listen() {
    const { video } = this;
    video.addEventListener("loadedmetadata", () => this.isLate || this.ready());
    video.addEventListener("loadeddata", () => this.isReady || this.ready());
    video.addEventListener("error", () => this.failed());
    for (const name of ["play", "pause", "ended"])
      video.addEventListener(name, () => {
        this.emit("state");
        this.follow();
      });
    for (const name of ["timeupdate", "seeking", "seeked"])
      video.addEventListener(name, () => this.tell());
  }

  ready() {
    this.isReady = true;
    const { videoWidth, videoHeight } = this.video;
    this.video.style.aspectRatio = `${videoWidth || 16} / ${videoHeight || 9}`;
    if (!videoWidth) this.complain(this.whyNot("shows no picture of"), true);
    this.zero = this.hasOwnClock() ? 0 : this.start;
    if (Math.abs(this.time - this.position) > 1e-3) this.seek(this.position);
    this.emit("state");
  }

  // When the clip begins on its own clock.
  get start() {
    return this.media?.start ?? 0;
  }

  get isLate() {
    return this.start > LATE_SECONDS;
  }

  // A clip that begins at 10 s begins at 10 in Chromium and at 0 in Firefox. Where it stands before
  // it was moved tells, or how far it is loaded; what it says of its length does not.
  hasOwnClock() {
    const { buffered, currentTime } = this.video;
    const loaded = buffered.length ? buffered.end(buffered.length - 1) : 0;
    const length = this.media?.length ?? this.clip.length;
    return !this.isLate || currentTime > this.start / 2 || loaded > length + this.start / 2;
  }

  // A server that does not send parts of files keeps the video at its beginning.
  get canSeek() {
    const { seekable } = this.video;
    return !seekable.length || seekable.end(seekable.length - 1) > seekable.start(0);
  }

  get isPlaying() {
    return Boolean(this.hasVideo) && !this.video.paused && !this.video.ended;
  }

  get time() {
    if (!this.hasVideo || !this.isReady || this.video.seeking) return this.position;
    return this.video.currentTime + this.zero + (this.media?.shift ?? 0);
  }

  seek(time) {
    this.position = Math.max(this.clip.start, Math.min(time, this.clip.end));
    if (this.hasVideo && this.isReady) {
      this.note.textContent = this.canSeek ? "" : NO_RANGES;
      this.video.currentTime = Math.max(0, this.position - this.zero - (this.media?.shift ?? 0));
    }
    this.emit("time", this.position);
    this.emit("sought", this.position);
  }

  toggle() {
    if (!this.hasVideo) return;
    if (this.isPlaying) this.video.pause();
    else this.video.play().catch(() => {});
  }

  follow() {
    if (!this.isPlaying) return;
    this.tell();
    requestAnimationFrame(() => this.follow());
  }

  tell() {
    this.position = this.time;
    this.emit("time", this.position);
  }

  failed() {
    if (this.video.getAttribute("src")) this.complain(this.whyNot("cannot play"), true);
  }

  whyNot(what) {
    const { media } = this;
    if (!media) return [`This browser ${what} that file.`];
    const lines = [`This browser ${what} ${media.name}.`];
    if (media.playedBy === "all" && media.src) {
      lines.push(
        `It should lie at ${decodeURI(media.src)}, as seen from this page. Was one of them moved?`,
      );
      lines.push("A page made with --embed holds its clip and can be moved.");
    } else if (media.playedBy !== "all") {
      const many = media.playedBy === "some" ? "only some browsers play" : "browsers do not play";
      lines.push(`It is ${media.codec}, which ${many}.`);
      lines.push("vidclf annotate makes an MP4 of it that every browser plays.");
    }
    return lines;
  }

  // Says what is wrong, in place of the video, and lets another file be opened.
  complain(lines, canOpen) {
    this.hasVideo = false;
    this.video.hidden = true;
    const pick = el("input", {
      type: "file",
      accept: "video/*",
      onchange: () => this.picked(pick),
    });
    const label = el("label", { class: "pick" }, "Open the clip from this device ", pick);
    this.message.replaceChildren(
      ...lines.map((line, place) => el("p", { class: place ? "" : "problem-title" }, line)),
      ...(canOpen ? [label] : []),
    );
    this.message.hidden = false;
    this.emit("state");
  }

  picked(pick) {
    if (pick.files.length) this.open(URL.createObjectURL(pick.files[0]));
    this.emit("state");
  }
}
