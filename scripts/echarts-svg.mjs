// What a chart in SVG needs of ECharts.
import { CustomChart } from 'echarts/charts'
import { GraphicComponent, GridComponent, MarkLineComponent } from 'echarts/components'
import { graphic, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([CustomChart, GraphicComponent, GridComponent, MarkLineComponent, SVGRenderer])

export { graphic, init }
