// The newest picture of a source, small enough to be sent, with its time.

const MOST_PIXELS_A_SIDE = 640;
const JPEG_QUALITY = 0.85;

class Snapshot {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.most = MOST_PIXELS_A_SIDE;
  }

  // A model that looks at larger pictures is sent larger ones.
  fitModel({ width, height }) {
    this.most = Math.max(MOST_PIXELS_A_SIDE, width, height);
  }

  take(source, seconds) {
    const { width, height } = source.size;
    const scale = Math.min(1, this.most / Math.max(width, height));
    const wide = Math.max(1, Math.round(width * scale));
    const high = Math.max(1, Math.round(height * scale));
    if (this.canvas.width !== wide || this.canvas.height !== high)
      Object.assign(this.canvas, { width: wide, height: high });
    const ctx = this.canvas.getContext("2d");
    ctx.imageSmoothingQuality = "high";
    ctx.drawImage(source.node, 0, 0, wide, high);
    this.seconds = seconds;
  }

  // Compressed beside the page's own work.
  async bytes() {
    const { canvas } = this;
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", JPEG_QUALITY));
    return blob.arrayBuffer();
  }
}
