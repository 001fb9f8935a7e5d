// One step of rate neurons (an echo state network with leaky integrators), all at once from the activations before:
//
//   activation <- (1 - leakRate) activation + leakRate tanh(W activation + W_in input + bias)
//
// Jaeger, Lukoševičius, Popovici, Siewert, "Optimization and applications of echo state networks with leaky-integrator neurons",
// Neural Networks 20, 2007. Work: O(n fanIn).

import { Network, TINY } from "./network";

// biome-ignore lint/complexity/noStaticOnlyClass: a method, unlike a function, can be inlined by force
export abstract class Rows {
  /**
   * The weighted sums of four neurons' sources, from `start` on, each in the order of its slots.
   * @param x address of f32[n], what the sources put out
   * @param neuron the first of the four
   */
  @inline static sum(w: Network, x: usize, neuron: u32, start: v128): v128 {
    const first = <usize>neuron * <usize>w.fanIn;
    let p = <usize>w.sources + (first << 1);
    const end = p + ((<usize>w.fanIn) << 3);
    let q = <usize>w.weights + (first << 2);
    let sum = start;
    for (; p < end; p += 8) {
      let four = v128.load32_zero(x + ((<usize>load<u16>(p)) << 2));
      four = v128.load32_lane(x + ((<usize>load<u16>(p, 2)) << 2), four, 1);
      four = v128.load32_lane(x + ((<usize>load<u16>(p, 4)) << 2), four, 2);
      four = v128.load32_lane(x + ((<usize>load<u16>(p, 6)) << 2), four, 3);
      sum = f32x4.add(sum, f32x4.mul(v128.load(q), four));
      q += 16;
    }
    return sum;
  }

  /**
   * The hyperbolic tangent, within 3e-7: x times a polynomial of degree 6 in x^2 over one of degree 3, minimax on [-7.905, 7.905]; beyond,
   * f32 has no other value than +-1. The coefficients are those of Eigen (Eigen/src/Core/MathFunctionsImpl.h).
   */
  @inline static tanh(y: v128): v128 {
    const x = f32x4.max(f32x4.min(y, f32x4.splat(7.905311107635498)), f32x4.splat(-7.905311107635498));
    const s = f32x4.mul(x, x);
    let p = f32x4.add(f32x4.mul(s, f32x4.splat(-2.76076847742355e-16)), f32x4.splat(2.00018790482477e-13));
    p = f32x4.add(f32x4.mul(s, p), f32x4.splat(-8.60467152213735e-11));
    p = f32x4.add(f32x4.mul(s, p), f32x4.splat(5.12229709037114e-8));
    p = f32x4.add(f32x4.mul(s, p), f32x4.splat(1.48572235717979e-5));
    p = f32x4.add(f32x4.mul(s, p), f32x4.splat(6.37261928875436e-4));
    p = f32x4.add(f32x4.mul(s, p), f32x4.splat(4.89352455891786e-3));
    let q = f32x4.add(f32x4.mul(s, f32x4.splat(1.19825839466702e-6)), f32x4.splat(1.18534705686654e-4));
    q = f32x4.add(f32x4.mul(s, q), f32x4.splat(2.268434632439e-3));
    q = f32x4.add(f32x4.mul(s, q), f32x4.splat(4.89352518554385e-3));
    return f32x4.div(f32x4.mul(x, p), q);
  }
}

/** A step under the drive, which holds the bias already. */
export function rateStep(w: Network): void {
  const share = f32x4.splat(w.leakRate);
  const rest = f32x4.splat(1 - w.leakRate);
  const tiny = f32x4.splat(TINY);
  const x = <usize>w.activation;
  for (let i: u32 = 0; i < w.padded; i += 4) {
    const o = (<usize>i) << 2;
    const fresh = Rows.tanh(Rows.sum(w, x, i, v128.load(<usize>w.drive + o)));
    const mixed = f32x4.add(f32x4.mul(rest, v128.load(x + o)), f32x4.mul(share, fresh));
    v128.store(<usize>w.next + o, v128.and(mixed, f32x4.ge(f32x4.abs(mixed), tiny)));
  }
  swap(w);
}

/** What was computed last becomes the state. */
export function swap(w: Network): void {
  const next = w.next;
  w.next = w.activation;
  w.activation = next;
}
