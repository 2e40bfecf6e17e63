/**
 * Precompiles all Nunjucks templates of a folder, heaviest first:
 *
 *     node examples/precompile-templates/main.ts
 *     node examples/precompile-templates/main.ts path/to/templates
 *
 * By default, the templates of the GOV.UK design system. It prints what was chosen, and what came of it.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { Actor, Weight, Workload } from "troupe"
import * as Runtime from "troupe/runtime"
import type compiler from "./compiler.adapter.ts"

class Compiler extends Actor.Service<Compiler, typeof compiler>()("Compiler", {
  adapter: new URL("./compiler.adapter.ts", import.meta.url),
  workload: Workload.compile
}) {}

const standard = fileURLToPath(new URL("../../node_modules/govuk-frontend/dist/govuk", import.meta.url))

const program = Effect.gen(function* () {
  const folder = resolve(process.argv[2] ?? standard)
  const templates = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".njk"))
    .map((file) => ({ file, source: readFileSync(join(folder, file), "utf8") }))

  const compiler = yield* Compiler
  yield* Console.log(Actor.explain(compiler))
  const compiled = yield* Actor.forEach(templates, (template) => compiler.precompile(template), {
    weight: ({ source }) => Weight.template(source)
  })
  const bytes = compiled.reduce((sum, code) => sum + code.length, 0)
  yield* Console.log(`${compiled.length} templates became ${bytes} characters of JavaScript`)
})

program.pipe(Effect.provide(Compiler.layer.pipe(Layer.provide(Runtime.layer))), NodeRuntime.runMain)
