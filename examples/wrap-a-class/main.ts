/**
 * A class that was never meant for several callers at once, first without an actor, then behind one:
 *
 *     node examples/wrap-a-class/main.ts
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Actor } from "troupe"
import * as Runtime from "troupe/runtime"
import { Inventory } from "./Inventory.ts"

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "troupe-inventory-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
)

const items = Array.from({ length: 100 }, (_, index) => `item ${index % 7}`)

const program = Effect.gen(function* () {
  const folder = yield* temporary
  const make = (name: string): Inventory => {
    const file = join(folder, name)
    writeFileSync(file, "{}")
    return new Inventory(file)
  }

  const bare = make("bare.json")
  const added = items.map((item) =>
    Effect.tryPromise(() => bare.add(item)).pipe(
      // a file that somebody else is writing at the moment
      Effect.orElseSucceed(() => 0)
    )
  )
  yield* Effect.all(added, { concurrency: "unbounded" })
  const left = yield* Effect.tryPromise(() => bare.total()).pipe(Effect.orElseSucceed(() => 0))
  yield* Console.log(`without an actor ${left < items.length ? "some" : "none"} of ${items.length} additions got lost`)

  // one line, and the class stays as it is
  const inventory = yield* Actor.fromObject("Inventory", make("actor.json"))
  yield* Actor.forEach(items, (item) => inventory.add(item))
  yield* Console.log(`behind an actor ${items.length - (yield* inventory.total())} got lost`)
})

program.pipe(Effect.scoped, Effect.provide(Runtime.layer), NodeRuntime.runMain)
