import { defineConfig } from 'vitepress'
import { navigation, pageOf, site, slug, staged } from './pages.mjs'

const link = (file) => `/${pageOf(file).replace(/(index)?\.md$/, '')}`
const sidebar = navigation.map(({ text, items }) => ({
  text,
  collapsed: false,
  items: items.map((item) => ({ text: item.text, link: link(item.file) })),
}))

export default defineConfig({
  title: 'vmferry',
  description:
    'Plans live migrations for Hyper-V clusters: the shortest schedule, and how far it is from the best possible',
  lang: 'en',
  srcDir: staged,
  outDir: site,
  cacheDir: '../build/site/cache',
  cleanUrls: false,
  lastUpdated: false,
  markdown: { anchor: { slugify: slug }, toc: { slugify: slug }, headers: { slugify: slug } },
  // The index of the search.
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
    nav: [
      { text: 'Tonight', link: '/tonight' },
      { text: 'Reference', link: '/format' },
      { text: 'Library', link: '/declarations/' },
    ],
  },
})
