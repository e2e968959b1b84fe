import { plan } from 'vmferry'

self.onmessage = async ({ data }) => {
  self.postMessage(await plan(data.problem, data.options))
}
