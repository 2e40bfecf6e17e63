import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import { expect } from "vitest"
import { type AddRow, makeProbe, type Target } from "../setup.ts"

interface Line {
  readonly level: string
  readonly message: unknown
  readonly actor: unknown
  readonly worker: unknown
}

export const logs = (target: Target, row: AddRow): void => {
  // a worker that is spoken to over plain Comlink has no way to send its lines
  if (target.link === "comlink") return

  if (target.capabilities.console) {
    row("what a worker prints is logged, labelled with its actor, its worker and its level", () =>
      Effect.suspend(() => {
        const lines: Array<Line> = []
        const collector = Logger.make<unknown, void>(({ fiber, logLevel, message }) => {
          const { actor, worker } = fiber.getRef(References.CurrentLogAnnotations)
          lines.push({ level: logLevel, message: Array.isArray(message) ? message[0] : message, actor, worker })
        })
        return Effect.gen(function* () {
          const probe = yield* makeProbe({ name: "printer" })
          for (const level of ["debug", "log", "info", "warn", "error"] as const) yield* probe.print(level, `by ${level}`)
          const label = { actor: "Probe", worker: "printer#0" }
          expect(lines).toEqual([
            { level: "Debug", message: "by debug", ...label },
            { level: "Info", message: "by log", ...label },
            { level: "Info", message: "by info", ...label },
            { level: "Warn", message: "by warn", ...label },
            { level: "Error", message: "by error", ...label }
          ])
        }).pipe(Effect.provide(Logger.layer([collector])), Effect.provideService(References.MinimumLogLevel, "All"))
      })
    )
  } else {
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
  }
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
      yield* probe.add(1, 2).pipe(
        Effect.andThen(Effect.exit(probe.throws("string"))),
        Effect.withSpan("caller"),
        Effect.withTracer(tracer)
      )
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
}
