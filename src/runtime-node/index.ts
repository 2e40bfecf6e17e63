export { capabilities, layer, make } from "./NodeBackend.ts"
