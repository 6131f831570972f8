// The WebSocket to the server: it comes back when it is lost, and its session goes on.

const FIRST_WAIT_SECONDS = 0.5;
const LONGEST_WAIT_SECONDS = 15;
const STEADY_MS = 5000;
const ENDING_KINDS = ["unauthorized", "session-taken"];

class Link extends Events {
  constructor(token) {
    super();
    this.token = token;
    this.settings = {};
    this.session = secretName();
    this.wait = 0;
    this.isReady = false;
  }

  open() {
    this.drop();
    this.problem = null;
    this.emit("state", { state: "connecting" });
    const address = new URL("v1/stream", location.href); // also where a proxy puts it in a folder
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.socket = socket;
    socket.onopen = () => this.greet();
    socket.onmessage = ({ data }) => socket === this.socket && this.take(JSON.parse(data));
    socket.onclose = () => socket === this.socket && this.lost();
  }

  // A new session: nothing of what was shown before is smoothed into what comes.
  renew() {
    this.session = secretName();
    this.wait = 0;
    if (this.socket?.readyState === WebSocket.OPEN) this.open(); // else it has not said hello yet
  }

  greet() {
    const { token, session, settings } = this;
    this.send({ type: "hello", session, settings, ...(token && { token }) });
  }

  take(message) {
    if (message.type === "configured") this.configured(message);
    else if (message.type === "problem" && isNone(message.id)) this.refused(message.error);
    else if (message.type === "model") this.emit("model", message);
    else {
      this.wait = 0;
      this.emit("answer", message);
    }
  }

  configured(message) {
    this.emit("configured", message);
    if (this.isReady) return;
    this.isReady = true;
    this.since = performance.now();
    this.emit("state", { state: "open" });
  }

  refused(problem) {
    this.problem = { ...problem, kind: kindOf(problem) };
    this.emit("problem", this.problem);
  }

  configure(settings) {
    Object.assign(this.settings, settings);
    if (this.isReady) this.send({ type: "configure", ...settings });
  }

  sendFrame(id, timestamp, bytes) {
    this.send({ type: "frame", id, timestamp });
    this.socket.send(bytes);
  }

  send(message) {
    this.socket.send(JSON.stringify(message));
  }

  lost() {
    const { problem } = this;
    if (this.isReady && performance.now() - this.since > STEADY_MS) this.wait = 0;
    this.drop();
    if (ENDING_KINDS.includes(problem?.kind)) {
      this.emit("state", { state: problem.kind, problem });
      return;
    }
    this.wait = Math.min(LONGEST_WAIT_SECONDS, this.wait * 2 || FIRST_WAIT_SECONDS);
    const seconds = this.wait * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => this.open(), seconds * 1000);
    this.emit("state", { state: "lost", seconds, problem });
  }

  drop() {
    clearTimeout(this.timer);
    this.isReady = false;
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }
}

function isNone(value) {
  return value === undefined || value === null;
}

function kindOf(problem) {
  return String(problem.type).split(":").pop();
}

// Browsers give `randomUUID` to pages on https alone.
function secretName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
