// The normal distribution and the logarithm, as quick as a draw's work needs them

const CELLS = 64, FAR = 9; // of a table of the distribution; between its cells a Taylor series, to 1e-11
const [PHI, DENSITY] = (() => {
  const size = 2 * FAR * CELLS + 1, phi = new Float64Array(size), density = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    const x = k / CELLS - FAR;
    let term = x, sum = x;
    for (let n = 3; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 400; n += 2) sum += (term *= (x * x) / n);
    density[k] = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    phi[k] = Math.min(Math.max(0.5 + density[k] * sum, 0), 1); // Marsaglia 2004
  }
  return [phi, density];
})();

function below(z) {
  if (!(z > -FAR)) return 0;
  if (z >= FAR) return 1;
  const k = Math.round((z + FAR) * CELLS), x = k / CELLS - FAR, h = z - x;
  return PHI[k] + DENSITY[k] * h * (1 - (h / 2) * (x - (h / 3) * (x * x - 1) + ((h * h) / 12) * x * (x * x - 3)));
}

const FINE = 1024, HEAD = 2; // of a table of the logarithm, from an eighth to this
const LOG = Float64Array.from({ length: HEAD * FINE + 1 }, (_, k) => Math.log(k / FINE));

function ln(x) { // as quick as the rest of a draw's work, to 1e-12
  if (!(x > 0.125 && x < HEAD)) return Math.log(x);
  const k = Math.round(x * FINE), h = (x * FINE - k) / k;
  return LOG[k] + h * (1 - h * (1 / 2 - h * (1 / 3 - h / 4)));
}

const A = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239];
const B = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1];
const C = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
const horner = (coefficients, x) => {
  let value = 0;
  for (let k = 0; k < coefficients.length; k++) value = value * x + coefficients[k];
  return value;
};

function probit(share) { // Acklam's rational approximation, to 1e-9
  const p = Math.min(Math.max(share, 1e-16), 1 - 1e-16);
  if (p > 0.97575) return -probit(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return horner(C, q) / horner(D, q);
  }
  const q = p - 0.5;
  return (q * horner(A, q * q)) / horner(B, q * q);
}
