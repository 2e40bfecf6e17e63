// What a program that uses the installed package does with an actor, however its workers are made.
import { Effect, Stream } from "effect"
import { Actor } from "troupe"

export const program = (options) =>
  Effect.gen(function* () {
    const left = new Int32Array(new SharedArrayBuffer(4))
    const said = yield* Effect.scoped(talk({ ...options, options: { greeting: "Hello", left }, size: 2 }))
    return JSON.stringify([...said, left[0]])
  })

const talk = (options) =>
  Effect.gen(function* () {
    const greeter = yield* Actor.make("Greeter", options)
    return [
      yield* greeter.greet("you"),
      yield* Stream.runCollect(greeter.count(3)),
      yield* Actor.broadcast(greeter.worker()),
      yield* greeter.ask(
        "why?",
        Actor.callback((question) => question.length)
      )
    ]
  })
