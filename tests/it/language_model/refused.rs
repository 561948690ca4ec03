use std::collections::BTreeMap;
use std::fs;

use data_anatomy_tests::Scratch;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

/// The error of a run with the model in the folder `model`, without what is said before.
fn error(scratch: &Scratch) -> String {
    let run = "generate --target-model model --device cpu --num-prompts 2 --max-new-tokens 4";
    let stderr = scratch.run(run).exited(2).stderr();
    let error = stderr.find("error: ").map(|start| stderr[start..].to_owned());
    let error = error.unwrap_or_else(|| panic!("no error in {stderr}"));
    assert_eq!(error.lines().count(), 1, "one line: {error}");
    error
}

/// The error of a run with the fixture after `change` was made to its folder.
fn error_after(fixture: &str, change: impl FnOnce(&Scratch)) -> String {
    let scratch = Scratch::new();
    scratch.write_model("model", fixture);
    change(&scratch);
    error(&scratch)
}

/// Writes the weights of `model` again, with what `change` did to them.
fn change_weights(scratch: &Scratch, change: impl FnOnce(&mut BTreeMap<String, TensorView<'_>>)) {
    let path = scratch.path("model/model.safetensors");
    let bytes = fs::read(&path).unwrap();
    let mut tensors: BTreeMap<_, _> =
        SafeTensors::deserialize(&bytes).unwrap().tensors().into_iter().collect();
    change(&mut tensors);
    fs::write(&path, safetensors::serialize(tensors, None).unwrap()).unwrap();
}

#[test]
fn a_folder_that_is_not_there() {
    let run = "score --target-model ./nowhere --device cpu --local-samples-dir samples";
    let scratch = Scratch::new();
    scratch.write("samples/law.jsonl", "{\"text\": \"a\"}\n");
    assert_eq!(
        scratch.run(run).exited(2).stderr(),
        "error: ./nowhere: there is no such folder, and it is no id of a hub; expected a folder or an \
         id such as EleutherAI/pythia-1b\n"
    );
    assert!(!scratch.path("scores").exists());
}

#[test]
fn a_folder_without_a_tokenizer() {
    let remove = |scratch: &Scratch| fs::remove_file(scratch.path("model/tokenizer.json")).unwrap();
    assert_eq!(
        error_after("llama", remove),
        "error: model: there is no tokenizer.json; copy the model's own beside its weights\n"
    );
    let convertible = |scratch: &Scratch| {
        remove(scratch);
        scratch.write("model/tokenizer.model", "");
    };
    assert_eq!(
        error_after("llama", convertible),
        "error: model: there is no tokenizer.json, but tokenizer.model; convert it once by \
         transformers: AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER)\n"
    );
}

#[test]
fn a_folder_without_a_config_or_weights() {
    let no_config = |scratch: &Scratch| fs::remove_file(scratch.path("model/config.json")).unwrap();
    assert_eq!(
        error_after("qwen2", no_config),
        "error: a checkpoint in Hugging Face layout has a config.json: model/config.json: cannot be \
         read: there is no such file\n"
    );
    let no_weights =
        |scratch: &Scratch| fs::remove_file(scratch.path("model/model.safetensors")).unwrap();
    assert_eq!(
        error_after("qwen2", no_weights),
        "error: model: no weights are there; looked for model.safetensors, \
         model.safetensors.index.json, pytorch_model.bin, pytorch_model.bin.index.json\n"
    );
}

#[test]
fn an_architecture_that_is_not_known() {
    let change = |scratch: &Scratch| {
        let config = scratch.read("model/config.json");
        scratch.write("model/config.json", config.replace("\"qwen2\"", "\"mamba\""));
    };
    assert_eq!(
        error_after("qwen2", change),
        "error: model/config.json:model_type: expected one of gpt_neox (Pythia, GPT-NeoX), olmo (OLMo \
         1), hf_olmo (allenai/OLMo-1B), olmo2 (OLMo 2), olmo3 (OLMo 3), llama (LLaMA, Amber, \
         CodeLlama), mistral (Mistral), qwen2 (Qwen 2), qwen3 (Qwen 3), gpt_neo (GPT-Neo), gpt2 \
         (GPT-2), gpt_bigcode (StarCoder), starcoder2 (StarCoder 2); found `mamba`\n"
    );
}

#[test]
fn weights_that_are_cut_off() {
    let cut = |name: &'static str, n_bytes: usize| {
        move |scratch: &Scratch| {
            let content = fs::read(scratch.path(name)).unwrap();
            scratch.write(name, &content[..n_bytes]);
        }
    };
    assert_eq!(
        error_after("qwen2", cut("model/model.safetensors", 60_000)),
        "error: model/model.safetensors: the file is cut off: 57392 bytes of weights of 67136 are \
         there; get it again (the first missing is `model.layers.1.mlp.up_proj.weight`)\n"
    );
    let error = error_after("llama", cut("model/model-00002-of-00003.safetensors", 30_000));
    let expected = "error: model/model.safetensors.index.json: a shard that it lists: \
                    model/model-00002-of-00003.safetensors: the file is cut off: ";
    assert!(error.starts_with(expected), "{error}");
    let error = error_after("gpt2", cut("model/pytorch_model.bin", 100_000));
    assert!(error.starts_with("error: model/pytorch_model.bin: "), "{error}");
}

#[test]
fn weights_that_lack_a_tensor() {
    let remove = |scratch: &Scratch| {
        change_weights(scratch, |tensors| {
            tensors.remove("model.norm.weight").unwrap();
        });
    };
    assert_eq!(
        error_after("qwen3", remove),
        "error: model: no tensor is called `model.norm.weight`, which this architecture needs; the \
         weights hold 24 others: are they another model's?\n"
    );
}

#[test]
fn weights_with_a_tensor_too_many() {
    let add = |scratch: &Scratch| {
        change_weights(scratch, |tensors| {
            let view = TensorView::new(Dtype::F32, vec![3], &[0; 12]).unwrap();
            tensors.insert("model.layers.0.self_attn.q_proj.bias".to_owned(), view);
        });
    };
    assert_eq!(
        error_after("qwen3", add),
        "error: model: the checkpoint holds a tensor that Qwen 3 does not have, such as \
         `model.layers.0.self_attn.q_proj.bias`: is its config.json of another model?\n"
    );
}

#[test]
fn weights_of_another_shape() {
    let change = |scratch: &Scratch| {
        change_weights(scratch, |tensors| {
            let view = TensorView::new(Dtype::F32, vec![3], &[0; 12]).unwrap();
            tensors.insert("model.norm.weight".to_owned(), view);
        });
    };
    assert_eq!(
        error_after("qwen3", change),
        "error: model: tensor `model.norm.weight` has shape [3]; config.json asks for [32]\n"
    );
}

#[test]
fn a_run_that_was_refused_stands_in_nobodys_way() {
    let scratch = Scratch::new();
    scratch.write_model("model", "qwen2");
    let whole = fs::read(scratch.path("model/model.safetensors")).unwrap();
    scratch.write("model/model.safetensors", &whole[..60_000]);
    error(&scratch);
    scratch.write("model/model.safetensors", whole);
    let run = "generate --target-model model --device cpu --num-prompts 2 --max-new-tokens 5";
    scratch.run(run).exited(0);
}
