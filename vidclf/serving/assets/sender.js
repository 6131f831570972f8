// Sends one frame at a time, and then the newest there is: no delay builds up.

const MOMENT_SECONDS = 1e-6;
const LONGEST_ANSWER_SECONDS = 30;

class Sender extends Events {
  constructor(link) {
    super();
    Object.assign(this, { link, snapshot: new Snapshot(), number: 0, skipped: 0 });
    this.reset();
    link.on("answer", (answer) => this.answered(answer));
    link.on("state", () => this.reset(this.hasFrame));
  }

  get isBusy() {
    return Boolean(this.inFlight) || this.isWaiting;
  }

  // Forget what is on its way; a frame that is at hand is sent once the link is open.
  reset(hasFrame = false) {
    clearTimeout(this.timer);
    this.inFlight = null;
    this.isWaiting = false;
    this.hasFrame = hasFrame;
    if (hasFrame) this.send();
  }

  begin() {
    this.skipped = 0;
    this.reset();
  }

  // A frame of a source is there to be seen, at a time on its own clock.
  offer(source, seconds) {
    this.snapshot.take(source, seconds);
    this.hasFrame = true;
    if (this.isWaiting) this.skipped += 1;
    this.isWaiting = true;
    this.next();
  }

  // Send once more what was sent last, a moment later, as each frame must be.
  again() {
    if (!this.hasFrame) return;
    this.snapshot.seconds += MOMENT_SECONDS;
    this.isWaiting = true;
    this.next();
  }

  // Nothing is sent until there is another frame.
  rest() {
    this.isWaiting = false;
  }

  next() {
    if (this.isWaiting && !this.inFlight) this.send();
  }

  async send() {
    if (!this.link.isReady) return;
    this.number += 1;
    const frame = { id: this.number, seconds: this.snapshot.seconds };
    this.isWaiting = false;
    this.inFlight = frame;
    const bytes = await this.snapshot.bytes();
    if (this.inFlight !== frame) return;
    frame.sent = performance.now();
    this.link.sendFrame(frame.id, frame.seconds, bytes);
    this.timer = setTimeout(() => this.link.open(), LONGEST_ANSWER_SECONDS * 1000);
  }

  answered(answer) {
    const frame = this.inFlight;
    if (answer.id !== frame?.id) return;
    clearTimeout(this.timer);
    this.inFlight = null;
    this.emit("answer", { answer, frame, took: performance.now() - frame.sent });
    this.next();
  }
}
