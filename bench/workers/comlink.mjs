import { parentPort } from "node:worker_threads"
import * as Comlink from "comlink/dist/esm/comlink.mjs"
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs"

Comlink.expose({ add: (a, b) => a + b }, nodeEndpoint(parentPort))
