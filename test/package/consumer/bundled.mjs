import { Worker } from "node:worker_threads"
import { Effect } from "effect"
import * as Runtime from "troupe/runtime"
import { program } from "./program.mjs"

const adapter = () => new Worker(new URL("./greeter.worker.js", import.meta.url))
Effect.runPromise(Effect.provide(program({ adapter }), Runtime.layer)).then(console.log)
