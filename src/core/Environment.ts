/**
 * Where the program runs: on a build server, on somebody's machine, or in production.
 *
 * `TROUPE_ENV` says it; otherwise the variables that build servers set do, and where none of them is set it is `local`.
 * Production is never guessed.
 *
 * **Example** (Detecting the environment)
 *
 * ```ts
 * import { Environment } from "troupe"
 *
 * console.log(Environment.detect({ GITHUB_ACTIONS: "true" })) // => ci
 * console.log(Environment.detect({ TROUPE_ENV: "Production", CI: "1" })) // => production
 * console.log(Environment.detect({ CI: "false" })) // => local
 * ```
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The environments that are told apart. */
export type Environment = "ci" | "local" | "production"

/** All of them. */
export const environments: ReadonlyArray<Environment> = ["ci", "local", "production"]

/** The variable that decides. */
export const variable = "TROUPE_ENV"

/** The variables by which build servers are known. */
export const ciVariables: ReadonlyArray<string> = [
  "CI",
  "GITHUB_ACTIONS",
  "GITLAB_CI",
  "CIRCLECI",
  "TRAVIS",
  "JENKINS_URL",
  "BUILDKITE",
  "CODEBUILD_BUILD_ID",
  "AZURE_PIPELINES",
  "TF_BUILD"
]

/** The variable that decides names no environment. */
export class InvalidEnvironment extends Data.Error<{ readonly received: string }> {
  readonly _tag = "InvalidEnvironment" as const
  override readonly name = "InvalidEnvironment"
  override get message(): string {
    return `Cannot use ${variable}: expected ${environments.join(", ")}, received ${JSON.stringify(this.received)}`
  }
}

type Variables = Readonly<Record<string, string | undefined>>

const isEnvironment = (value: string): value is Environment => (environments as ReadonlyArray<string>).includes(value)

/** What is set to nothing, to `false` or to `0` is not set. */
const isSet = (value: string | undefined): boolean => !["", "false", "0"].includes((value ?? "").trim().toLowerCase())

/**
 * The environment that `variables` tell; without an argument, those of the process, and none where they may not be read.
 *
 * `TROUPE_ENV` may be written in any case and with blanks around it. Throws {@link InvalidEnvironment} when it is set
 * and names none of the three.
 */
export const detect = (variables: Variables = ofProcess()): Environment => {
  const chosen = (variables[variable] ?? "").trim()
  if (chosen === "") return ciVariables.some((name) => isSet(variables[name])) ? "ci" : "local"
  const lower = chosen.toLowerCase()
  if (isEnvironment(lower)) return lower
  throw new InvalidEnvironment({ received: chosen })
}

// Deno asks for each variable and throws where it may not be read, so they are read one by one, and not listed
const ofProcess = (): Variables => {
  // every runtime has it, though it is no web standard
  const { process } = globalThis as { readonly process?: { readonly env?: Variables } }
  const read = (name: string): string | undefined => {
    try {
      return process?.env?.[name]
    } catch {
      return undefined
    }
  }
  return Object.fromEntries([variable, ...ciVariables].map((name) => [name, read(name)]))
}

/** The standard one reads all variables at once, and throws on Deno when only some of them, or none, may be read. */
const provided = Effect.gen(function* () {
  return yield* ConfigProvider.ConfigProvider
})

const tried = (variables: Variables): Effect.Effect<Environment, InvalidEnvironment> =>
  Effect.try({
    try: () => detect(variables),
    // the only thing that it throws
    catch: (error) => error as InvalidEnvironment
  })

/**
 * The environment that the program's `ConfigProvider` tells, by the same rules. (Asked directly: `effect/Config` would
 * cost every program that imports troupe the loading of all of Schema.)
 */
export const config: Effect.Effect<Environment, InvalidEnvironment> = Effect.gen(function* () {
  const provider = yield* Effect.catchCause(provided, () => Effect.succeed(undefined))
  if (provider === undefined) return yield* tried(ofProcess())
  const variables: Record<string, string | undefined> = {}
  for (const name of [variable, ...ciVariables]) {
    // what cannot be read is not set
    const node = yield* Effect.catchCause(provider.load([name]), () => Effect.succeed(undefined))
    if (node?._tag === "Value") variables[name] = node.value
  }
  return yield* tried(variables)
})

/** How programs learn the environment; {@link config} when nothing is provided. */
export const Current: Context.Reference<Effect.Effect<Environment, InvalidEnvironment>> = Context.Reference(
  "troupe/core/Environment",
  { defaultValue: () => config }
)

/** Fixes the environment. */
export const layer = (environment: Environment): Layer.Layer<never> =>
  Layer.succeed(Current, Effect.succeed(environment))
