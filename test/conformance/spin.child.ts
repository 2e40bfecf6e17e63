/** Callers of a method that never ends and never looks: run by `deaths.test.ts` in a process of its own. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Actor } from "../../src/index.ts"
import type spin from "../adapters/spin.adapter.ts"
import { adapter, balanced, run, shared, thread, until } from "./target.ts"

const report = await run(
  thread,
  Effect.gen(function* () {
    const seen = yield* Effect.scoped(
      Effect.gen(function* () {
        const actor = yield* Actor.make<typeof spin>("Spin", {
          adapter: adapter("spin.adapter.ts"),
          size: 1,
          grace: 20,
          interruption: "terminate"
        })
        const timeout = yield* Effect.flip(actor.spin(shared(1)).pipe(Actor.timeout("200 millis")))
        const first = yield* actor.add(1, 2)
        const state = shared(1)
        const fiber = yield* Effect.forkChild(actor.spin(state))
        yield* until(state, 0, 1)
        yield* Fiber.interrupt(fiber)
        const second = yield* actor.add(1, 2)
        const { quarantined } = yield* Actor.stats(actor)
        return {
          timeout: timeout._tag,
          interrupted: "gone",
          next: [first, second],
          quarantined,
          balanced: yield* balanced(actor)
        }
      })
    )
    return { ...seen, closed: true }
  })
)
console.log(JSON.stringify(report))
process.exit(0)
