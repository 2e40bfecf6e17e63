/**
 * A worker's life: start, calls, close.
 *
 * A runtime's bootstrap calls `serve` with the worker's own port and nothing else happens until the main side asks for
 * it. The start is one message each way; calls come in frames over a port of their own. What speaks Comlink is loaded
 * when somebody does: a start does not wait for it.
 */
import * as Atomic from "../memory/Atomic.ts"
import { type CloseReply, isStart, type Pong, type StartReply, type StartRequest } from "../wire/Control.ts"
import { encode } from "../wire/EncodedError.ts"
import type { Port } from "../wire/Port.ts"
import type * as Adapter from "./Adapter.ts"
import { type Ambient, install, perThread } from "./Call.ts"
import type { ConsoleCapture } from "./ConsoleCapture.ts"
import { Host } from "./Host.ts"
import { pick } from "./load.ts"
import * as MethodTable from "./MethodTable.ts"
import * as Nap from "./Nap.ts"

export interface ServeOptions {
  /** The worker's end of the control channel. */
  readonly port: Port
  /** Turns a port that was moved here into one of the wire's, where it is none as it comes. */
  readonly adopt?: (port: Port) => Port
  /** The worker's end of the calls, where it need not be moved here. */
  readonly calls?: Port
  /** Somebody else keeps the process alive while calls run: listening must not. */
  readonly background?: boolean
  /** Where the current call is kept; made for this thread when missing. */
  readonly ambient?: Ambient
  /** Captures what the worker prints; missing where its console is also that of others. */
  readonly capture?: (request: StartRequest) => ConsoleCapture | undefined
  /** The thread's event loop, where it pays to sleep outside of it. */
  readonly loop?: Nap.EventLoop
  /** Loads the module that holds the adapter. */
  readonly load: (href: string) => Promise<unknown>
}

/** What can be undone once the adapter is set up. */
interface Running {
  readonly adapter: Adapter.Any
  readonly methods: unknown
  readonly locals: Array<unknown>
}

/** Answers the main side on `options.port` until the worker is stopped. */
export const serve = (options: ServeOptions): void => {
  let running: Running | undefined
  let started = false
  let host: Host | undefined
  let control: Promise<(message: unknown) => void> | undefined
  let refusedControl = (): number => 0
  let refusedCalls = (): number => 0

  const portOf = (moved: Port | undefined): Port => {
    const port = typeof moved?.postMessage === "function" ? (options.adopt?.(moved) ?? moved) : options.calls
    if (port === undefined) throw new TypeError("Cannot start a worker without a port for its calls")
    return port
  }

  const start = async (request: StartRequest, moved: Port | undefined): Promise<StartReply> => {
    const { incarnation } = request.worker
    let phase: "load" | "setup" = "load"
    try {
      const calls = portOf(moved)
      const frames = request.link === "frames" ? attach(calls, request) : undefined
      // before anything of the adapter's runs, so that what it prints is heard
      options.capture?.(request)?.connect((level, text) => frames?.print(level, text))
      const adapter = pick(await options.load(request.adapter), request.adapter, request.export)
      phase = "setup"
      const locals: Array<unknown> = []
      // the actor's types have matched the options with the adapter
      const methods = await adapter.setup(setupContext(request, frames, locals) as never, request.options as never)
      const table = MethodTable.make(methods)
      running = { adapter, methods, locals }
      if (frames !== undefined) frames.serve(table, adapter.threadSafe ? request.concurrency : 1)
      else refusedCalls = (await import("./comlinkMethods.ts")).exposeMethods(table, calls)
      return { _tag: "Ready", incarnation, manifest: MethodTable.manifest(table, adapter.threadSafe) }
    } catch (error) {
      return { _tag: "Failed", incarnation, phase, error: encode(error) }
    }
  }

  const attach = (port: Port, request: StartRequest): Host => {
    const ambient = options.ambient ?? perThread()
    install(ambient)
    const memory = Atomic.over(request.memory)
    const attached: Host = new Host({
      claims: memory,
      incarnation: request.worker.incarnation,
      ambient,
      post: (frame, transfer) => {
        port.postMessage(frame, transfer)
        nap?.()
      }
    })
    const { loop } = options
    const { take } = port
    const nap = loop && take && Nap.make({ memory, host: attached, take, loop })
    port.addEventListener("message", (event) => attached.receive(event.data))
    port.addEventListener("messageerror", (event) => attached.unread(event.data))
    port.start?.()
    if (options.background === true) port.unref?.()
    host = attached
    return attached
  }

  const close = async (): Promise<CloseReply> => {
    const closing = running
    running = undefined
    if (closing === undefined) return { _tag: "Closed" }
    try {
      // the methods are the ones that this adapter's own setup returned
      await closing.adapter.dispose?.(closing.methods as never)
      for (const local of closing.locals.reverse()) await disposeLocal(local)
      return { _tag: "Closed" }
    } catch (error) {
      return { _tag: "Failed", error: encode(error) }
    }
  }

  const ping = (): Pong => ({
    refused: refusedControl() + (host?.refused ?? 0) + refusedCalls(),
    running: host?.load ?? 0
  })

  const exposeControl = async (): Promise<(message: unknown) => void> => {
    const { expose } = await import("./comlinkControl.ts")
    const { hear, refused } = expose({ ping, close }, options.port)
    refusedControl = refused
    return hear
  }

  options.port.addEventListener("message", ({ data }) => {
    if (!started && isStart(data)) {
      started = true
      void start(data.request, data.calls).then((reply) => options.port.postMessage(reply))
      return
    }
    control ??= exposeControl()
    void control.then((hear) => hear(data))
  })
  options.port.start?.()
  if (options.background === true) options.port.unref?.()
}

const setupContext = (
  request: StartRequest,
  host: Host | undefined,
  locals: Array<unknown>
): Adapter.SetupContext<unknown> => ({
  worker: request.worker,
  parent: parentOf(request.parent, host),
  threadLocal: (make) => {
    let made: { readonly value: ReturnType<typeof make> } | undefined
    return () => {
      if (made === undefined) {
        made = { value: make() }
        locals.push(made.value)
      }
      return made.value
    }
  }
})

type ParentFunctions = Record<string, (...args: ReadonlyArray<unknown>) => Promise<unknown>>

const parentOf = (names: ReadonlyArray<string>, host: Host | undefined): ParentFunctions => {
  const parent: ParentFunctions = Object.create(null)
  // an actor whose link has no way for them offers none
  if (host !== undefined) names.forEach((name, index) => (parent[name] = (...args) => host.askParent(index, args)))
  return Object.freeze(parent)
}

const disposeLocal = async (value: unknown): Promise<void> => {
  if (typeof value !== "object" || value === null) return
  // has what is looked for
  if (Symbol.asyncDispose in value) await (value as AsyncDisposable)[Symbol.asyncDispose]()
  else if (Symbol.dispose in value) (value as Disposable)[Symbol.dispose]()
}
