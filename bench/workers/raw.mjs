import { parentPort } from "node:worker_threads"

const add = (a, b) => a + b

parentPort.on("message", ([id, a, b]) => parentPort.postMessage([id, add(a, b)]))
