/**
 * One life of a worker: started, watched, closed.
 *
 * `start` returns when the worker is ready for calls, or fails with what kept it from becoming so; in either case
 * nothing is left behind that was not accounted for.
 */
import * as Comlink from "comlink"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Atomic from "../memory/Atomic.ts"
import * as Claims from "../memory/Claims.ts"
import { findCulprit } from "../wire/Cloneable.ts"
import { type Control, type Manifest, names, type StartReply } from "../wire/Control.ts"
import { decode } from "../wire/EncodedError.ts"
import * as Frame from "../wire/Frame.ts"
import * as GuardedEndpoint from "../wire/GuardedEndpoint.ts"
import { InvalidOption, StartError } from "./ActorError.ts"
import { Answers } from "./Answers.ts"
import type { Parent } from "./ParentFunctions.ts"
import type { ResourceLimits, WorkerBackendShape, WorkerExit } from "./WorkerBackend.ts"
import type { LinkEvents, LinkProtocolShape, WorkerLink } from "./WorkerLink.ts"

/** How a worker is to be started. */
export interface WorkerSpec {
  readonly actor: string
  readonly name: string
  readonly adapter: string
  readonly export: string | undefined
  readonly options: unknown
  /** What the adapter may call. */
  readonly parent: Parent
  readonly concurrency: number
  readonly env: Readonly<Record<string, string>> | undefined
  readonly resourceLimits: ResourceLimits | undefined
  readonly console: boolean
  /** Milliseconds. */
  readonly startTimeout: number
  /** Milliseconds that a worker may take to dispose of its adapter, and again to end. */
  readonly closeTimeout: number
}

export interface LiveWorker {
  readonly link: WorkerLink
  readonly manifest: Manifest
  /** Completes when the worker has ended, or was given up. */
  readonly ended: Deferred.Deferred<WorkerExit>
  /** Disposes of the adapter, if the worker still listens, and ends the worker. Completes when it has ended. */
  readonly close: Effect.Effect<WorkerExit>
  /** Ends the worker without asking it. Completes when it has ended, or is known not to. */
  readonly kill: Effect.Effect<WorkerExit>
}

/** What is heard of a worker after it was started. */
export interface LiveEvents extends Omit<LinkEvents, "onAsk"> {
  /** The worker has ended, or was given up: said at once, before anything else happens. */
  readonly onEnd: (link: WorkerLink, exit: WorkerExit) => void
  /** The runtime has ended a worker that had been given up. */
  readonly onLateExit: () => void
}

let incarnations = 0

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null

const isManifest = (value: unknown): value is Manifest =>
  isRecord(value) && Array.isArray(value["methods"]) && typeof value["threadSafe"] === "boolean"

const describe = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** Starts the worker at position `index` of its actor. */
export const start = (
  backend: WorkerBackendShape,
  protocol: LinkProtocolShape,
  spec: WorkerSpec,
  index: number,
  events: LiveEvents
): Effect.Effect<LiveWorker, StartError | InvalidOption> =>
  Effect.suspend(() => {
    const incarnation = ++incarnations
    const name = `${spec.name}#${index}`
    const ended = Deferred.makeUnsafe<WorkerExit>()
    const failed = (phase: StartError["phase"], cause: unknown, what: string): StartError =>
      new StartError({
        actor: spec.actor,
        worker: name,
        adapter: spec.adapter,
        phase,
        message: `Cannot start ${name} from ${spec.adapter}: ${what}`,
        cause
      })

    const answers: Answers = new Answers(spec.parent.context, (ask, ok, value) =>
      link.tell(0, Frame.Answer, [ask, ok, value])
    )
    const onAsk: LinkEvents["onAsk"] = (ask, id, index, args) => {
      const run = spec.parent.functions[index]
      return run !== undefined && answers.run(ask, id === 0 ? undefined : `${incarnation}:${id}`, run, args)
    }
    const channel = backend.makeChannel()
    // shared with a thread; on the same thread any memory will do, and some pages may not share any
    const claims = new SharedArrayBuffer(Claims.bytes)
    const link = protocol.make({
      worker: name,
      index,
      incarnation,
      capacity: spec.concurrency,
      channel,
      // the channel of a worker that dies closes before its end is reported, so the worker itself is what is waited for
      keepAlive: (alive) => spawnedWorker?.keepAlive(alive),
      claims: Atomic.over(claims),
      capabilities: backend.capabilities,
      events: { ...events, onAsk }
    })
    let over: WorkerExit | undefined
    const end = (exit: WorkerExit): void => {
      if (over !== undefined) {
        if (over._tag === "Lost" && exit._tag === "Exited") events.onLateExit()
        over = exit
        return
      }
      over = exit
      answers.close()
      events.onEnd(link, exit)
      Deferred.doneUnsafe(ended, Effect.succeed(exit))
    }

    const spawned = Effect.try({
      try: () =>
        backend.spawn(
          {
            name,
            incarnation,
            adapter: spec.adapter,
            env: spec.env,
            resourceLimits: spec.resourceLimits,
            console: spec.console
          },
          channel,
          {
            onExit: end,
            onUnreadable: (error) => {
              end({ _tag: "Exited", code: undefined, error })
              spawnedWorker?.stop(false)
            }
          }
        ),
      catch: (cause) => {
        link.end()
        return failed("spawn", cause, describe(cause))
      }
    })
    let spawnedWorker: ReturnType<WorkerBackendShape["spawn"]> | undefined

    return Effect.flatMap(spawned, (worker) => {
      spawnedWorker = worker
      const guarded = GuardedEndpoint.make(worker.control, "asks", names)
      // Comlink's endpoint names the DOM's listener types; the guard is a structural match for the part that it uses
      const control = Comlink.wrap<Control>(guarded as unknown as Comlink.Endpoint)

      // a worker that does not end within the time is given up: its thread may still run
      const waitForEnd = Deferred.await(ended).pipe(
        Effect.timeoutOrElse({
          duration: spec.closeTimeout,
          orElse: () =>
            Effect.sync((): WorkerExit => {
              end({ _tag: "Lost" })
              return { _tag: "Lost" }
            })
        })
      )
      const stop = (acknowledged: boolean): Effect.Effect<WorkerExit> =>
        Effect.suspend(() => {
          worker.stop(acknowledged)
          return waitForEnd
        })
      const kill = stop(false)
      const asked = Effect.promise(() =>
        control.close().then(
          () => true,
          () => false
        )
      ).pipe(Effect.timeoutOrElse({ duration: spec.closeTimeout, orElse: () => Effect.succeed(false) }))
      const close = Effect.raceFirst(
        Effect.flatMap(asked, (acknowledged) => stop(acknowledged)),
        Deferred.await(ended)
      )

      const conversation = Effect.tryPromise({
        try: async (): Promise<StartReply> => {
          const { remote } = channel
          return await control.start(
            {
              adapter: spec.adapter,
              export: spec.export,
              options: spec.options,
              parent: spec.parent.names,
              worker: { name, index, incarnation },
              link: protocol.kind,
              concurrency: spec.concurrency,
              claims
            },
            remote === undefined ? undefined : Comlink.transfer(remote, [remote])
          )
        },
        catch: (cause) => {
          const culprit = findCulprit(spec.options, "options")
          return culprit === undefined
            ? failed("setup", cause, describe(cause))
            : new InvalidOption({
                actor: spec.actor,
                option: culprit.path,
                expected: "a value that can be cloned to another thread",
                received: culprit.description
              })
        }
      })
      const exited = Effect.flatMap(Deferred.await(ended), (exit) => {
        const error = exit._tag === "Exited" ? exit.error : undefined
        const code = exit._tag === "Exited" && exit.code !== undefined ? ` with code ${exit.code}` : ""
        return Effect.fail(
          failed(
            "exit",
            error,
            `it ended${code} before it was ready` + (error === undefined ? "" : `: ${describe(error)}`)
          )
        )
      })
      const ready = Effect.flatMap(Effect.raceFirst(conversation, exited), (reply) => {
        if (reply?._tag === "Ready" && isManifest(reply.manifest)) return Effect.succeed(reply.manifest)
        const error = reply?._tag === "Failed" ? decode(reply.error) : reply
        const phase = reply?._tag === "Failed" ? reply.phase : "load"
        return Effect.fail(failed(phase, error, describe(error)))
      })

      return ready.pipe(
        Effect.timeoutOrElse({
          duration: spec.startTimeout,
          orElse: () => Effect.fail(failed("timeout", undefined, `it was not ready within ${spec.startTimeout} ms`))
        }),
        Effect.map((manifest): LiveWorker => {
          worker.keepAlive(false)
          if (!manifest.threadSafe) link.limit(1)
          return { link, manifest, ended, close, kill }
        }),
        // whatever kept it from becoming ready, an interruption included, the worker must not stay
        // one that listens may have set its adapter up already, and is asked to dispose of it
        Effect.onExit((exit) =>
          exit._tag === "Success" ? Effect.void : Effect.asVoid(Cause.hasInterrupts(exit.cause) ? close : kill)
        )
      )
    })
  })
