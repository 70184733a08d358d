/** The text of an SVG file as a part of a page. Its own style is for other readers: here it follows the page. */
export function inline(svg) {
  return svg.replace(/<style>[^]*?<\/style>/, '').replaceAll(/\n\s*/g, '');
}
