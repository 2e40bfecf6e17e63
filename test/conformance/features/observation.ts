import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import { expect } from "vitest"
import { Actor } from "../../../src/index.ts"
import { type AddRow, makeProbe, type Target } from "../setup.ts"

interface Line {
  readonly level: string
  readonly message: unknown
  readonly actor: unknown
  readonly worker: unknown
}

const collectingLines = (): { readonly logger: Logger.Logger<unknown, void>; readonly lines: Array<Line> } => {
  const lines: Array<Line> = []
  const logger = Logger.make<unknown, void>(({ fiber, logLevel, message }) => {
    const { actor, worker } = fiber.getRef(References.CurrentLogAnnotations)
    lines.push({ level: logLevel, message: Array.isArray(message) ? message[0] : message, actor, worker })
  })
  return { logger, lines }
}

export const logs = (target: Target, row: AddRow): void => {
  if (!target.capabilities.console) {
    row("what a worker prints goes to the console that it shares", () =>
      Effect.gen(function* () {
        const probe = yield* makeProbe()
        const lines: Array<unknown> = []
        const { info } = console
        console.info = (...args: Array<unknown>) => lines.push(...args)
        yield* Effect.ensuring(
          probe.print("info", "hello"),
          Effect.sync(() => {
            console.info = info
          })
        )
        expect(lines).toEqual(["hello"])
      })
    )
    return
  }

  const options = target.link === "comlink" ? {} : ({ console: "inherit" } as const)
  row(
    target.link === "comlink"
      ? "what a worker prints goes through as it is over plain Comlink, which has no way for it"
      : 'with console "inherit" what a worker prints goes through as it is',
    () =>
      Effect.gen(function* () {
        const { lines, logger } = collectingLines()
        yield* Effect.gen(function* () {
          const probe = yield* makeProbe(options)
          yield* probe.print("info", "printed by a test")
          expect(yield* Actor.stats(probe)).toMatchObject({ succeeded: 1, refused: 0 })
        }).pipe(Effect.provide(Logger.layer([logger])))
        expect(lines).toEqual([])
      })
  )
  if (target.link === "comlink") return

  row("what a worker prints is logged, labelled with its actor, its worker and its level", () =>
    Effect.gen(function* () {
      const { lines, logger } = collectingLines()
      yield* Effect.gen(function* () {
        const probe = yield* makeProbe({ name: "printer" })
        for (const level of ["debug", "log", "info", "warn", "error"] as const) yield* probe.print(level, `by ${level}`)
      }).pipe(Effect.provide(Logger.layer([logger])), Effect.provideService(References.MinimumLogLevel, "All"))
      const label = { actor: "Probe", worker: "printer#0" }
      expect(lines).toEqual([
        { level: "Debug", message: "by debug", ...label },
        { level: "Info", message: "by log", ...label },
        { level: "Info", message: "by info", ...label },
        { level: "Warn", message: "by warn", ...label },
        { level: "Error", message: "by error", ...label }
      ])
    })
  )
}

const collecting = (): { readonly tracer: Tracer.Tracer; readonly spans: Array<Tracer.NativeSpan> } => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  return { tracer, spans }
}

export const spans = (_target: Target, row: AddRow): void => {
  row("where somebody traces, each call has a span within that of its caller", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const { spans, tracer } = collecting()
      yield* probe
        .add(1, 2)
        .pipe(Effect.andThen(Effect.exit(probe.throws("string"))), Effect.withSpan("caller"), Effect.withTracer(tracer))
      expect(spans.map(({ kind, name }) => [name, kind])).toEqual([
        ["caller", "internal"],
        ["Probe.add", "client"],
        ["Probe.throws", "client"]
      ])
      const [caller, add, throws] = spans
      for (const call of [add, throws]) {
        expect(call?.parent._tag === "Some" ? call.parent.value.spanId : undefined).toBe(caller?.spanId)
      }
      expect(add?.status).toMatchObject({ _tag: "Ended", exit: { _tag: "Success" } })
      expect(throws?.status).toMatchObject({ _tag: "Ended", exit: { _tag: "Failure" } })
    })
  )

  row("each call of forEach makes a span", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const { spans, tracer } = collecting()
      yield* Actor.forEach([1, 2], (n) => probe.add(n, 2)).pipe(Effect.withTracer(tracer))
      expect(spans.map(({ name }) => name)).toEqual(["Probe.add", "Probe.add"])
    })
  )

  row("where nobody traces, a call makes no span", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const { prototype } = Tracer.NativeSpan
      const { end } = prototype
      let spans = 0
      prototype.end = function (this: Tracer.NativeSpan, ...args) {
        spans++
        end.apply(this, args)
      }
      yield* Effect.gen(function* () {
        expect(yield* probe.add(1, 2)).toBe(3)
        expect(spans).toBe(0)
        // the very counter does count: one span of the caller, one of its call
        yield* Effect.withSpan(probe.add(1, 2), "caller")
        expect(spans).toBe(2)
      }).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            prototype.end = end
          })
        )
      )
    })
  )
}
