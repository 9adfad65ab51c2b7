//! Misses against false accepts at every threshold, as a picture (SVG): the curve of the detection error trade-off.

use std::fmt::Write as _;

use super::heard::Condition;
use super::report::Measured;
use crate::sound::Distance;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 460.0;
/// Room around the curves.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 60.0;
/// The axes' ranges: false accepts an hour, and shares missed. Both are logarithmic.
const ALARMS: (f64, f64) = (0.02, 100.0);
const MISSED: (f64, f64) = (0.001, 1.0);
const COLOURS: [&str; 4] = ["#1f6feb", "#d1480f", "#2f9e44", "#9c36b5"];
/// The conditions that are drawn, and how.
const DRAWN: [(Condition, &str); 2] = [
    (Condition { distance: Distance::Close, snr: None }, "none"),
    (Condition { distance: Distance::Close, snr: Some(10) }, "6 4"),
];

/// The picture. A dot on each curve is the head's own threshold.
pub fn det_curve(title: &str, heads: &[(Measured, f32)]) -> String {
    let title = escaped(title);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"16\">{title}</text>\n"
    );
    for tick in [0.02, 0.1, 1.0, 10.0, 100.0] {
        let x = across(tick);
        line(&mut svg, (x, TOP), (x, HEIGHT - BOTTOM), "#ddd");
        text(&mut svg, x, HEIGHT - BOTTOM + 18.0, "middle", &format!("{tick}"));
    }
    for tick in [0.001, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0] {
        let y = up(tick);
        line(&mut svg, (LEFT, y), (WIDTH - RIGHT, y), "#ddd");
        text(&mut svg, LEFT - 6.0, y + 4.0, "end", &format!("{} %", tick * 100.0));
    }
    text(&mut svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 22.0, "middle", "false accepts an hour");
    text(&mut svg, LEFT, TOP - 4.0, "start", "missed");
    for (i, (head, own)) in heads.iter().enumerate() {
        let colour = COLOURS[i % COLOURS.len()];
        for (condition, dashes) in DRAWN {
            let points: Vec<(f64, f64)> = thresholds()
                .map(|t| (an_hour(head, t), head.missed(t, condition)))
                .map(|(alarms, missed)| (across(alarms), up(missed)))
                .collect();
            let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            let _ = writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>",
                path.join(" ")
            );
            let (x, y) = (across(an_hour(head, *own)), up(head.missed(*own, condition)));
            let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{colour}\"/>");
        }
        let y = TOP + 18.0 * (i as f64 + 1.0);
        line(&mut svg, (WIDTH - 250.0, y - 4.0), (WIDTH - 225.0, y - 4.0), colour);
        text(&mut svg, WIDTH - 218.0, y, "start", head.name());
    }
    let y = TOP + 18.0 * (heads.len() as f64 + 1.0);
    text(&mut svg, WIDTH - 250.0, y, "start", "line: clean; dashed: 10 dB; dot: as set");
    svg + "</svg>\n"
}

/// False accepts an hour; none where nothing was heard, so that the curve stands at the edge.
fn an_hour(head: &Measured, threshold: f32) -> f64 {
    head.alarms(threshold, |_| true).per_hour.unwrap_or_default()
}

/// From careless to strict.
fn thresholds() -> impl Iterator<Item = f32> {
    (-70..=90).map(|i| 1.0 / (1.0 + (-(i as f32) / 10.0).exp()))
}

fn across(alarms: f64) -> f64 {
    LEFT + (WIDTH - LEFT - RIGHT) * share(alarms, ALARMS)
}

fn up(missed: f64) -> f64 {
    HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share(missed, MISSED)
}

/// How far along a logarithmic axis; what is beyond its ends stands on them.
fn share(value: f64, (low, high): (f64, f64)) -> f64 {
    (value.clamp(low, high) / low).ln() / (high / low).ln()
}

fn line(svg: &mut String, from: (f64, f64), to: (f64, f64), colour: &str) {
    let ((x1, y1), (x2, y2)) = (from, to);
    let _ = writeln!(
        svg,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{colour}\" stroke-width=\"1.5\"/>"
    );
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, words: &str) {
    let words = escaped(words);
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>");
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;")
}
