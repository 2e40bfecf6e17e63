import { parentPort } from "node:worker_threads"

const add = (a, b) => a + b

parentPort.on("message", (calls) => {
  const answers = []
  for (let i = 0; i < calls.length; i += 3) answers.push(calls[i], add(calls[i + 1], calls[i + 2]))
  parentPort.postMessage(answers)
})
