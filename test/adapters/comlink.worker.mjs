// a worker that was written for Comlink, without knowing of troupe: one module for Node's workers and the web's
import { parentPort } from "node:worker_threads"
import * as Comlink from "comlink"

const endpoint =
  parentPort === null
    ? globalThis
    : {
        postMessage: (message, transfer) => parentPort.postMessage(message, transfer),
        addEventListener: (_, listener) => parentPort.on("message", (data) => listener({ data })),
        removeEventListener: () => undefined
      }

let waiting
let visits = 0

export const api = {
  add: (a, b) => a + b,
  later: async (name) => `Hello, ${name}!`,
  visit: () => ++visits,
  fail: () => {
    throw Object.assign(new RangeError("too far"), { code: "E_FAR" })
  },
  failWith: (value) => {
    throw value
  },
  proxy: () => Comlink.proxy({ f: () => 1 }),
  uncloneable: () => ({ f: () => 1 }),
  size: (bytes) => bytes.byteLength,
  hold: () => new Promise((resolve) => (waiting = resolve)),
  release: () => waiting?.("released"),
  spin: () => {
    for (;;);
  },
  exit: (code) => process.exit(code),
  crash: () => {
    setTimeout(() => {
      throw new Error("uncaught")
    }, 0)
    return new Promise(() => undefined)
  },
  notAFunction: 1
}

Comlink.expose(api, endpoint)
