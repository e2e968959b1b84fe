/** The workers of the executable are the server's, whatever starts them. */
export const WORKER_URL: URL | undefined = undefined
