import { parentPort } from "node:worker_threads"
import adapter from "./counter.adapter.mjs"

const methods = adapter.setup()

parentPort.on("message", ([id, a, b]) => parentPort.postMessage([id, methods.add(a, b)]))
