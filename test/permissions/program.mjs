// Runs one actor of the built package under whatever permissions it was started with, and prints what became of it.
import { Effect } from "effect"
import { Actor, WorkerProfile } from "troupe"
import * as Runtime from "troupe/runtime"

const wanted = new Set(process.argv.slice(2))

const program = Effect.gen(function* () {
  const greeter = yield* Actor.make("Greeter", {
    adapter: new URL("../package/consumer/greeter.adapter.mjs", import.meta.url),
    options: { greeting: "Hello" },
    ...(wanted.has("env") ? { env: { GREETING: "Hi" } } : {})
  })
  const environment = / in (\w+) takes /.exec(Actor.explain(greeter))?.[1]
  return [yield* greeter.greet("you"), environment]
}).pipe(Effect.scoped, Effect.provide(Runtime.layer))

const outcome = Effect.match(wanted.has("inline") ? Effect.provide(program, WorkerProfile.layerInline) : program, {
  onSuccess: (value) => value,
  onFailure: (error) => [error._tag, error.phase, error.message]
})

Effect.runPromise(outcome).then((value) => console.log(JSON.stringify(value)))
