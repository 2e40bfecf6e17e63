/**
 * What is said to a worker before its first call and after its last one.
 */
import * as Comlink from "comlink"
import * as Effect from "effect/Effect"
import { findCulprit } from "../wire/Cloneable.ts"
import { type Control, type Manifest, names, type StartReply, type StartRequest } from "../wire/Control.ts"
import { decode } from "../wire/EncodedError.ts"
import * as GuardedEndpoint from "../wire/GuardedEndpoint.ts"
import { InvalidOption, StartError } from "./ActorError.ts"
import type { Channel, Worker } from "./WorkerBackend.ts"
import type { WorkerLink } from "./WorkerLink.ts"

export interface Handshake {
  /** Completes when calls may follow, with what the worker offers. */
  readonly start: Effect.Effect<Manifest, StartError | InvalidOption>
  /** Asks the worker to dispose of its adapter. Tells whether it has answered, and so is known to listen. */
  readonly close: Effect.Effect<boolean>
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null

const isManifest = (value: unknown): value is Manifest =>
  isRecord(value) && Array.isArray(value["methods"]) && typeof value["threadSafe"] === "boolean"

/** What was thrown, in words. */
export const describe = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** A start of this worker that has failed. */
export const failed = (
  actor: string,
  { adapter, worker }: Pick<StartRequest, "adapter" | "worker">,
  phase: StartError["phase"],
  cause: unknown,
  what: string
): StartError =>
  new StartError({
    actor,
    worker: worker.name,
    adapter,
    phase,
    message: `Cannot start ${worker.name} from ${adapter}: ${what}`,
    cause
  })

/** The control conversation over Comlink with a worker of troupe. */
export const control = (actor: string, worker: Worker, channel: Channel, request: StartRequest): Handshake => {
  const guarded = GuardedEndpoint.make(worker.control, "asks", names)
  // Comlink's endpoint names the DOM's listener types; the guard is a structural match for the part that it uses
  const remote = Comlink.wrap<Control>(guarded as unknown as Comlink.Endpoint)
  const conversation = Effect.tryPromise({
    try: async (): Promise<StartReply> => {
      const port = channel.remote
      if (port === undefined) return await remote.start(request, undefined)
      // Comlink names the web's own ports; this is whatever the runtime moves
      return await remote.start(request, Comlink.transfer(port, [port as unknown as Transferable]))
    },
    catch: (cause) => {
      const culprit = findCulprit(request.options, "options")
      return culprit === undefined
        ? failed(actor, request, "setup", cause, describe(cause))
        : new InvalidOption({
            actor,
            option: culprit.path,
            expected: "a value that can be cloned to another thread",
            received: culprit.description
          })
    }
  })
  return {
    start: Effect.flatMap(conversation, (reply) => {
      if (reply?._tag === "Ready" && isManifest(reply.manifest)) return Effect.succeed(reply.manifest)
      const error = reply?._tag === "Failed" ? decode(reply.error) : reply
      const phase = reply?._tag === "Failed" ? reply.phase : "load"
      return Effect.fail(failed(actor, request, phase, error, describe(error)))
    }),
    close: Effect.promise(() =>
      remote.close().then(
        () => true,
        () => false
      )
    )
  }
}

/** Of a worker that speaks plain Comlink and nothing else: nothing is said, and one that has nothing to do listens. */
export const none = (manifest: Manifest, link: WorkerLink): Handshake => ({
  start: Effect.succeed(manifest),
  close: Effect.sync(() => link.outstanding === 0)
})
