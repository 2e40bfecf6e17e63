/**
 * The first actor: counts the words of this repository's guides, in workers:
 *
 *     node examples/first-actor/main.ts
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readdirSync, readFileSync } from "node:fs"
import { Actor } from "troupe"
import * as Runtime from "troupe/runtime"
import type counter from "./counter.adapter.ts"

// the adapter's type gives the service its methods; its code is loaded by the workers alone
class Counter extends Actor.Service<Counter, typeof counter>()("Counter", {
  adapter: new URL("./counter.adapter.ts", import.meta.url),
  options: { shortest: 2 }
}) {}

const guides = new URL("../../docs/", import.meta.url)

const program = Effect.gen(function* () {
  const counter = yield* Counter
  const files = readdirSync(guides)
    .filter((file) => file.endsWith(".md"))
    .toSorted()
  // one call per guide, spread over the workers; results are in the order of the files
  const counts = yield* Actor.forEach(files, (file) => counter.words(readFileSync(new URL(file, guides), "utf8")))
  for (const [index, file] of files.entries()) yield* Console.log(`${file}: ${counts[index]} words`)
  yield* Console.log(`${counts.length} guides. ${Actor.explain(counter)}`)
})

program.pipe(Effect.provide(Counter.layer.pipe(Layer.provide(Runtime.layer))), NodeRuntime.runMain)
