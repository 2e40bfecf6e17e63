import { Effect } from "effect"
import * as Runtime from "troupe/runtime"
import { program } from "./program.mjs"

const adapter = new URL("./greeter.adapter.mjs", import.meta.url)
Effect.runPromise(Effect.provide(program({ adapter }), Runtime.layer)).then(console.log)
