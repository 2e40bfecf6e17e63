import * as Adapter from "troupe/adapter"

export default Adapter.define({
  setup: (context, options) => ({
    greet: (name) => `${options.greeting}, ${name}!`,
    count: function* (to) {
      for (let n = 1; n <= to; n++) yield n
    },
    ask: async (question, answer) => `${question} ${await answer(question)}`,
    worker: () => context.worker.name,
    leave: () => Atomics.add(options.left, 0, 1)
  }),
  dispose: ({ leave }) => void leave()
})
