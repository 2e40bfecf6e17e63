// What a program that uses the installed package does with an actor, however its workers are made.
import { Effect, Stream } from "effect"
import { Actor } from "troupe"

export const program = (options) =>
  Effect.gen(function* () {
    const greeter = yield* Actor.make("Greeter", { ...options, options: { greeting: "Hello" }, size: 2 })
    return [
      yield* greeter.greet("you"),
      yield* Stream.runCollect(greeter.count(3)),
      yield* Actor.broadcast(greeter.worker()),
      yield* greeter.ask(
        "why?",
        Actor.callback((question) => question.length)
      )
    ]
  }).pipe(Effect.scoped, Effect.map(JSON.stringify))
