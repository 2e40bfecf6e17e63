import { expose } from "threads/worker"

expose({ add: (a, b) => a + b })
