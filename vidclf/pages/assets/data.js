// The data that a page holds, and its columns of whole numbers (vidclf/pages/compact_numbers.py).

async function readData() {
  const block = document.getElementById("data");
  if (block.type === "application/json") return JSON.parse(block.textContent);
  const packed = new Blob([bytesOf(block)]);
  const plain = packed.stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(plain).text());
}

function bytesOf(block) {
  const text = atob(block.textContent);
  const bytes = new Uint8Array(text.length);
  for (let place = 0; place < text.length; place += 1) bytes[place] = text.charCodeAt(place);
  return bytes;
}

// The inverse of `steps`.
function sums(distances) {
  let sum = 0;
  return Float64Array.from(distances, (distance) => (sum += distance));
}

// How many of a sorted array's numbers are at or below a value.
function countUpTo(numbers, value) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
