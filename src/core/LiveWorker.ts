/**
 * One life of a worker: started, watched, closed.
 *
 * `start` returns when the worker is ready for calls, or fails with what kept it from becoming so; in either case
 * nothing is left behind that was not accounted for.
 */
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Atomic from "../memory/Atomic.ts"
import * as Bell from "../memory/Bell.ts"
import * as Claims from "../memory/Claims.ts"
import type { Manifest, StartRequest } from "../wire/Control.ts"
import * as Frame from "../wire/Frame.ts"
import type { InvalidOption, StartError } from "./ActorError.ts"
import { Answers } from "./Answers.ts"
import * as Handshake from "./Handshake.ts"
import type { Parent } from "./ParentFunctions.ts"
import type { Channel, GivenWorker, ResourceLimits, Worker, WorkerBackendShape, WorkerExit } from "./WorkerBackend.ts"
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
  readonly make: (() => GivenWorker) | undefined
  readonly module: (() => Promise<unknown>) | undefined
  /** What a worker offers that says nothing of itself, because it speaks plain Comlink and nothing else. */
  readonly manifest: Manifest | undefined
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
export interface LiveEvents extends Omit<LinkEvents, "onAsk" | "onUnreadable"> {
  /** The worker has ended, or was given up: said at once, before anything else happens. */
  readonly onEnd: (link: WorkerLink, exit: WorkerExit) => void
  /** The runtime has ended a worker that had been given up. */
  readonly onLateExit: () => void
}

let incarnations = 0

/** The only way to a worker that speaks plain Comlink is its own port. */
const ownPort = (worker: Worker, channel: Channel): Channel => ({ ...channel, port: worker.control, drain: () => [] })

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
    const memory = new SharedArrayBuffer(Claims.bytes + Bell.bytes)
    const request: StartRequest = {
      adapter: spec.adapter,
      export: spec.export,
      options: spec.options,
      parent: spec.parent.names,
      worker: { name, index, incarnation },
      link: protocol.kind === "frames" ? "frames" : "comlink",
      console: spec.console,
      concurrency: spec.concurrency,
      memory
    }
    const failed = (phase: StartError["phase"], cause: unknown, what: string): StartError =>
      Handshake.failed(spec.actor, request, phase, cause, what)

    const ended = Deferred.makeUnsafe<WorkerExit>()
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
    const answers: Answers = new Answers(spec.parent.context, (ask, ok, value) =>
      link.tell(0, Frame.Answer, [ask, ok, value])
    )
    const onAsk: LinkEvents["onAsk"] = (ask, id, index, args) => {
      const run = spec.parent.functions[index]
      return run !== undefined && answers.run(ask, id === 0 ? undefined : `${incarnation}:${id}`, run, args)
    }

    const onUnreadable: LinkEvents["onUnreadable"] = (error) => {
      end({ _tag: "Exited", code: undefined, error })
      worker.stop(false)
    }

    const channel = backend.makeChannel()
    const connect = (worker: Worker): WorkerLink =>
      protocol.make({
        worker: name,
        index,
        incarnation,
        capacity: spec.concurrency,
        channel: spec.manifest === undefined ? channel : ownPort(worker, channel),
        // the channel of a worker that dies closes before its end is reported, so the worker itself is what is waited for
        keepAlive: (alive) => worker.keepAlive(alive),
        memory: Atomic.over(memory),
        capabilities: backend.capabilities,
        events: { ...events, onAsk, onUnreadable }
      })
    let worker: Worker
    // made in the turn that starts the worker, so before anything is heard of it
    let link: WorkerLink

    const spawned = Effect.try({
      try: () => {
        worker = backend.spawn(
          {
            name,
            incarnation,
            adapter: spec.adapter,
            env: spec.env,
            resourceLimits: spec.resourceLimits,
            console: spec.console,
            make: spec.make,
            module: spec.module
          },
          channel,
          {
            onExit: end,
            onUnreadable
          }
        )
        link = connect(worker)
        return worker
      },
      catch: (cause) => {
        channel.close()
        return failed("spawn", cause, Handshake.describe(cause))
      }
    })

    return Effect.flatMap(spawned, (worker) => {
      const handshake =
        spec.manifest === undefined
          ? Handshake.control(spec.actor, worker, channel, request)
          : Handshake.none(spec.manifest, link)

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
      const asked = Effect.timeoutOrElse(handshake.close, {
        duration: spec.closeTimeout,
        orElse: () => Effect.succeed(false)
      })
      const close = Effect.raceFirst(Effect.flatMap(asked, stop), Deferred.await(ended))

      const exited = Effect.flatMap(Deferred.await(ended), (exit) => {
        const error = exit._tag === "Exited" ? exit.error : undefined
        const code = exit._tag === "Exited" && exit.code !== undefined ? ` with code ${exit.code}` : ""
        const because = error === undefined ? "" : `: ${Handshake.describe(error)}`
        return Effect.fail(failed("exit", error, `it ended${code} before it was ready${because}`))
      })

      return Effect.raceFirst(handshake.start, exited).pipe(
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
