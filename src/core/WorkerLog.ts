/**
 * What workers print, as log messages of the program, labelled with actor and worker.
 */
import * as Effect from "effect/Effect"
import type * as LogLevel from "effect/LogLevel"
import type { WorkerLink } from "./WorkerLink.ts"

const levels = new Map<string, LogLevel.Severity>([
  ["debug", "Debug"],
  ["log", "Info"],
  ["info", "Info"],
  ["warn", "Warn"],
  ["error", "Error"]
])

/** A function that logs one line of a worker, with the loggers in force where it is made. */
export const make = (actor: string): Effect.Effect<(link: WorkerLink, level: string, text: string) => void> =>
  Effect.map(Effect.context<never>(), (context) => {
    const run = Effect.runSyncWith(context)
    return (link, level, text) => {
      run(Effect.annotateLogs(Effect.logWithLevel(levels.get(level) ?? "Info")(text), { actor, worker: link.worker }))
    }
  })
