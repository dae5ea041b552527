// An address drawn as a QR code. It is drawn here since the server never sees a fragment.

import qrcode from "qrcode-generator";

/** The address as a QR code: one SVG path, drawn here since the server never sees the fragment. */
export function drawn(address: string, label: string): SVGSVGElement {
  const code = qrcode(0, "M");
  code.addData(address);
  code.make();
  const size = code.getModuleCount();
  const margin = 4;
  let path = "";
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (code.isDark(y, x)) path += `M${x + margin} ${y + margin}h1v1h-1z`;
    }
  }
  const svg = element("svg", {
    viewBox: `0 0 ${size + 2 * margin} ${size + 2 * margin}`,
    role: "img",
    "aria-label": label,
    class: "qr",
    "shape-rendering": "crispEdges",
  });
  // Cameras want dark on light, whatever the page's colours are.
  svg.append(
    element("rect", { width: "100%", height: "100%", fill: "#ffffff" }),
    element("path", { d: path, fill: "#000000" }),
  );
  return svg as SVGSVGElement;
}

function element(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
