// usage: node h5wasm_read.mjs FILE.h5: all arrays and attributes of the root as JSON, read by HDF5 compiled to WebAssembly.
import h5wasm from "h5wasm/node";

function plain(value) {
    if (ArrayBuffer.isView(value) || Array.isArray(value)) return Array.from(value, plain);
    if (typeof value === "bigint") return value.toString();
    if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
    return value;
}

await h5wasm.ready;
const file = new h5wasm.File(process.argv[2], "r");
const arrays = {};
for (const name of file.keys()) {
    const item = file.get(name);
    if (!(item instanceof h5wasm.Dataset)) continue;
    const empty = item.shape.includes(0);
    arrays[name] = { shape: item.shape, units: item.attrs.units ? item.attrs.units.value : null, values: empty ? [] : plain(item.value) };
}
const attributes = {};
for (const name of Object.keys(file.attrs)) attributes[name] = plain(file.attrs[name].value);
console.log(JSON.stringify({ arrays, attributes }));
file.close();
