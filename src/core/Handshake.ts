/**
 * What is said to a worker before its first call and after its last one.
 */
import * as Comlink from "comlink"
import * as Effect from "effect/Effect"
import { findCulprit } from "../wire/Cloneable.ts"
import {
  type Control,
  isStartReply,
  type Manifest,
  names,
  type Start,
  type StartReply,
  type StartRequest
} from "../wire/Control.ts"
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

/** The conversation with a worker of troupe. */
export const control = (actor: string, worker: Worker, channel: Channel, request: StartRequest): Handshake => {
  const port = worker.control
  const unsent = (cause: unknown): StartError | InvalidOption => {
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
  const reply = Effect.callback<StartReply, StartError | InvalidOption>((resume) => {
    port.addEventListener("message", ({ data }) => {
      if (isStartReply(data, request.worker.incarnation)) resume(Effect.succeed(data))
    })
    port.start?.()
    const calls = channel.remote
    const start: Start = { _tag: "Start", request, calls }
    try {
      port.postMessage(start, calls === undefined ? [] : [calls])
    } catch (cause) {
      resume(Effect.fail(unsent(cause)))
    }
  })
  return {
    start: Effect.flatMap(reply, (reply) => {
      if (reply._tag === "Ready") return Effect.succeed(reply.manifest)
      const error = decode(reply.error)
      return Effect.fail(failed(actor, request, reply.phase, error, describe(error)))
    }),
    close: Effect.promise(() => {
      // Comlink's endpoint names the DOM's listener types; the guard is a structural match for the part that it uses
      const guarded = GuardedEndpoint.make(port, "asks", names) as unknown as Comlink.Endpoint
      return Comlink.wrap<Control>(guarded)
        .close()
        .then(
          () => true,
          () => false
        )
    })
  }
}

/** Of a worker that speaks plain Comlink and nothing else: nothing is said, and one that has nothing to do listens. */
export const none = (manifest: Manifest, link: WorkerLink): Handshake => ({
  start: Effect.succeed(manifest),
  close: Effect.sync(() => link.outstanding === 0)
})
