/** Starts the page. */
import { render } from 'preact'
import { App } from './parts/app.js'
import { start } from './state/store.js'

render(<App />, document.getElementById('app')!)
void start()
