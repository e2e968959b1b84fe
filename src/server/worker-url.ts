/** Where the code of the server's workers is. In the executable `worker-url.exe.ts` takes the place of this module. */
export const WORKER_URL: URL | undefined = new URL('./worker-entry.js', import.meta.url)
