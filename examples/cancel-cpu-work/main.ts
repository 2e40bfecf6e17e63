/**
 * Work that takes a core for as long as it is let, stopped three times: by a timeout, by losing a race, and by
 * interruption.
 *
 *     node examples/cancel-cpu-work/main.ts
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { Actor } from "troupe"
import * as Runtime from "troupe/runtime"
import type miner from "./miner.adapter.ts"

class Miner extends Actor.Service<Miner, typeof miner>()("Miner", {
  adapter: new URL("./miner.adapter.ts", import.meta.url),
  size: 2
}) {}

/** No machine finds it in time. */
const impossible = 64

const program = Effect.gen(function* () {
  const miner = yield* Miner
  const counts = new Int32Array(new SharedArrayBuffer(4))
  const mine = (zeros: number) => miner.mine("troupe", zeros, counts)

  /** Tells whether anybody still works, by what it counts in shared memory. */
  const stopped = Effect.gen(function* () {
    const idle = (stats: Actor.Stats): boolean => stats.workers.every(({ outstanding }) => outstanding === 0)
    while (!idle(yield* Actor.stats(miner))) yield* Effect.sleep("1 millis")
    const before = Atomics.load(counts, 0)
    yield* Effect.sleep("20 millis")
    return Atomics.load(counts, 0) === before ? "stopped" : "still working"
  })

  const late = yield* Effect.flip(mine(impossible).pipe(Actor.timeout("100 millis")))
  yield* Console.log(`${late._tag}: ${yield* stopped}`)

  const winner = yield* Effect.race(mine(impossible), mine(3))
  yield* Console.log(`found ${winner?.hash.slice(0, 6)}..., the other one ${yield* stopped}`)

  const fiber = yield* Effect.forkChild(mine(impossible))
  yield* Effect.sleep("50 millis")
  yield* Fiber.interrupt(fiber)
  yield* Console.log(`interrupted: ${yield* stopped}`)

  const { failed, interrupted, submitted, succeeded } = yield* Actor.stats(miner)
  yield* Console.log(`${submitted} calls: ${succeeded} succeeded, ${failed} failed, ${interrupted} interrupted`)
})

program.pipe(Effect.provide(Miner.layer.pipe(Layer.provide(Runtime.layer))), NodeRuntime.runMain)
