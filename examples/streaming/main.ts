/**
 * A stream goes into a worker while another one comes out of it:
 *
 *     node examples/streaming/main.ts
 *     node examples/streaming/main.ts "worker thread" 20
 *
 * Searches the Markdown of all installed packages for a pattern, and stops reading at the given number of matches.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Actor } from "troupe"
import * as Runtime from "troupe/runtime"
import type searcher from "./searcher.adapter.ts"

class Searcher extends Actor.Service<Searcher, typeof searcher>()("Searcher", {
  adapter: new URL("./searcher.adapter.ts", import.meta.url),
  size: 1
}) {}

const root = fileURLToPath(new URL("../../node_modules/", import.meta.url))
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"))

const program = Effect.gen(function* () {
  const searcher = yield* Searcher
  const [pattern = "license", count = "5"] = process.argv.slice(2)
  let read = 0
  const text = Stream.fromIterable(files).pipe(
    // one file at a time, and each only when the worker asks for more
    Stream.rechunk(1),
    Stream.map((file) => {
      read++
      return readFileSync(join(root, file), "utf8")
    })
  )
  let lines = 0
  const progress = Actor.callback((done: number) => {
    lines = Math.max(lines, done)
  })
  const found = searcher.search(pattern, text, progress).pipe(
    Stream.take(Number(count)),
    Stream.tap(({ line, text }) => Console.log(`${line}: ${text.trim()}`))
  )
  const matches = yield* Stream.runCollect(found)
  yield* Console.log(`${matches.length} matches; ${read} of ${files.length} files read, ${lines} lines reported`)
})

program.pipe(Effect.provide(Searcher.layer.pipe(Layer.provide(Runtime.layer))), NodeRuntime.runMain)
