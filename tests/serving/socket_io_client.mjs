// One conversation of npm's socket.io-client with the server; what was said is printed as JSON.
//
// node socket_io_client.mjs ADDRESS PICTURE TRANSPORT[,TRANSPORT] [TOKEN]

import { readFileSync } from "node:fs";
import { io } from "socket.io-client";

const [address, path, transports, token] = process.argv.slice(2);
const picture = readFileSync(path);
const events = [];
const socket = io(address, {
  transports: transports.split(","),
  auth: { token, settings: { top_k: 2 } },
  reconnection: false,
});
socket.onAny((event, message) => events.push([event, message]));

function done(result) {
  console.log(JSON.stringify(result));
  socket.disconnect();
}

socket.on("connect_error", ({ message, data }) => done({ refused: { message, data } }));
socket.on("connect", async () => {
  const asBytes = await socket.emitWithAck("frame", { id: 1, timestamp: 0 }, picture);
  const asText = await socket.emitWithAck("frame", {
    id: 2,
    timestamp: 1,
    image: picture.toString("base64"),
  });
  const configured = await socket.emitWithAck("configure", { top_k: 1 });
  const refused = await socket.emitWithAck("frame", { id: 3 }, Buffer.from("no picture"));
  const frames = Array.from({ length: 20 }, (_, number) =>
    socket.emitWithAck("frame", { id: 100 + number, timestamp: 2 + number }, picture),
  );
  const many = await Promise.all(frames);
  const transport = socket.io.engine.transport.name;
  done({ asBytes, asText, configured, refused, many, events, transport });
});
