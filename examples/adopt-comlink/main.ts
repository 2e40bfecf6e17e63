/**
 * Existing Comlink workers as an actor: with a pool, timeouts, and an answer to every call whatever happens to a worker.
 *
 *     node examples/adopt-comlink/main.ts
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { Worker } from "node:worker_threads"
import { Actor } from "troupe"
import * as Runtime from "troupe/runtime"

/** What the workers expose. */
interface Images {
  readonly brightness: (pixels: Uint8Array) => number
  readonly decode: (file: string) => Uint8Array
}

const program = Effect.gen(function* () {
  const images = yield* Actor.fromComlink<Images>()("Images", {
    worker: () => new Worker(new URL("./images.worker.mjs", import.meta.url)),
    methods: ["brightness", "decode"],
    size: 2,
    timeout: "10 seconds"
  })
  const pictures = [0, 64, 128, 255].map((grey) => new Uint8Array(1024).fill(grey))
  yield* Console.log(
    `brightness: ${(yield* Actor.forEach(pictures, (pixels) => images.brightness(pixels))).join(", ")}`
  )

  // with Comlink alone, this call would never be answered
  const error = yield* Effect.flip(images.decode("broken.png"))
  yield* Console.log(`${error._tag}: ${error.message.replace(/#\d/, "")}`)

  yield* Console.log(`and on it goes: ${yield* images.brightness(new Uint8Array([1, 2, 3]))}`)
})

program.pipe(Effect.scoped, Effect.provide(Runtime.layer), NodeRuntime.runMain)
