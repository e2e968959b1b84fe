// What charts need of ECharts, on a page and as SVG.
import { CustomChart } from 'echarts/charts'
import { DataZoomComponent, GraphicComponent, GridComponent, MarkLineComponent } from 'echarts/components'
import { graphic, init, use } from 'echarts/core'
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers'

use([
  CustomChart,
  DataZoomComponent,
  GraphicComponent,
  GridComponent,
  MarkLineComponent,
  CanvasRenderer,
  SVGRenderer,
])

export { graphic, init }
