//! The study behind the choice of the estimator.

mod cover;
mod suite;

use data_anatomy_core::files::predictions::{Origin, Prediction, stored_probability};

fn main() {
    let dir = std::env::args().nth(1).unwrap();
    if dir == "cover" {
        return cover::main();
    }
    let cases = suite::cases();
    for case in &cases {
        let (validation, generations) = case.draw();
        let n = case.truth().shares().len();
        let names: Vec<String> = (0..n).map(|c| format!("c{c:02}")).collect();
        let folder = format!("{dir}/{}", &case.name[..3]);
        std::fs::create_dir_all(&folder).unwrap();
        let mut text = String::new();
        let probs = |row: &[f64]| row.iter().map(|x| stored_probability(*x)).collect::<Vec<f64>>();
        for (i, &class) in validation.classes.iter().enumerate() {
            let p = Prediction {
                kind: Origin::Validation,
                id: format!("v{i}"),
                true_class: Some(names[class].clone()),
                fold: u32::try_from(validation.folds[i]).ok(),
                prompt_id: None,
                snippet: None,
                categories: (i == 0).then(|| names.clone()),
                probabilities: probs(validation.scores.row(i)),
            };
            text.push_str(&p.to_line());
            text.push(char::from(10));
        }
        for i in 0..generations.scores.n_docs() {
            let p = Prediction {
                kind: Origin::Generation,
                id: format!("g{i}"),
                true_class: None,
                fold: None,
                prompt_id: None,
                snippet: None,
                categories: None,
                probabilities: probs(generations.scores.row(i)),
            };
            text.push_str(&p.to_line());
            text.push(char::from(10));
        }
        std::fs::write(format!("{folder}/predictions.jsonl"), text).unwrap();
        std::fs::write(
            format!("{folder}/truth.json"),
            format!(
                "{{\"kind\":\"{}\",\"name\":\"{}\",\"truth\":{:?}}}",
                case.kind.name(),
                case.name,
                case.truth().shares()
            ),
        )
        .unwrap();
    }
    println!("{}", cases.len());
}
