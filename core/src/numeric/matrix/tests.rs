use super::*;
use crate::numeric::rng::RandomStream;
use proptest::prelude::*;

fn random(n_rows: usize, n_cols: usize, seed: u64) -> Matrix {
    let mut stream = RandomStream::new(seed, 0);
    Matrix::from_values(n_rows, n_cols, (0..n_rows * n_cols).map(|_| stream.normal()).collect())
        .unwrap()
}

#[test]
fn singular_values_match_the_closed_form() {
    // [[3, 0], [4, 5]] has singular values sqrt(45) and sqrt(5) (Strang, Linear Algebra, 7.2).
    let matrix = Matrix::from_rows(&[[3.0, 0.0], [4.0, 5.0]]).unwrap();
    let found = SingularValues::of(&matrix).sorted();
    assert!((found[0] - 45.0_f64.sqrt()).abs() < 1e-14, "{found:?}");
    assert!((found[1] - 5.0_f64.sqrt()).abs() < 1e-14, "{found:?}");
    assert!((matrix.condition_number() - 3.0).abs() < 1e-14);
}

#[test]
fn singular_matrix_gives_the_solution_of_least_norm() {
    // Both columns are equal: x1 + x2 = 2 is solved with least norm by (1, 1).
    let matrix = Matrix::from_rows(&[[1.0, 1.0], [2.0, 2.0]]).unwrap();
    assert_eq!(matrix.condition_number(), f64::INFINITY);
    let solution = matrix.least_squares(&[2.0, 4.0]);
    assert!(solution.iter().all(|x| (x - 1.0).abs() < 1e-14), "{solution:?}");
}

#[test]
fn ragged_rows_are_refused_with_their_place() {
    let error = Matrix::from_rows(&[vec![1.0, 2.0], vec![3.0]]).unwrap_err();
    assert_eq!(error, MatrixError::RowLength { row: 2, expected: 2, found: 1 });
    assert_eq!(error.to_string(), "row 2 has 1 values, not 2");
    let error = Matrix::from_values(2, 2, vec![0.0; 3]).unwrap_err();
    assert_eq!(error.to_string(), "3 values do not fill 2 rows of 2");
}

#[test]
fn indefinite_matrix_has_no_factor_but_a_ridge_mends_semidefinite_ones() {
    let indefinite = Matrix::from_rows(&[[1.0, 2.0], [2.0, 1.0]]).unwrap();
    assert_eq!(Cholesky::of(&indefinite, 0.0), None);
    let semidefinite = Matrix::from_rows(&[[1.0, 1.0], [1.0, 1.0]]).unwrap();
    let solution = Cholesky::of_semidefinite(&semidefinite).solve(&[2.0, 2.0]);
    for product in semidefinite.times(&solution) {
        assert!((product - 2.0).abs() < 1e-10, "{solution:?}");
    }
}

proptest! {
    #[test]
    fn least_squares_leaves_an_orthogonal_residual(n_cols in 1_usize..12, extra in 0_usize..8, seed in 0_u64..1000) {
        let matrix = random(n_cols + extra, n_cols, seed);
        let mut stream = RandomStream::new(seed, 1);
        let target: Vec<f64> = (0..matrix.n_rows()).map(|_| stream.normal()).collect();
        let fitted = matrix.times(&matrix.least_squares(&target));
        let residual: Vec<f64> = fitted.iter().zip(&target).map(|(f, t)| f - t).collect();
        let scale = matrix.condition_number().min(1e6);
        for product in matrix.transposed_times(&residual) {
            prop_assert!(product.abs() < 1e-12 * scale, "{product}");
        }
    }

    #[test]
    fn cholesky_solves_what_it_factorised(size in 1_usize..15, seed in 0_u64..1000) {
        let root = random(size + 5, size, seed);
        let mut gram = Matrix::identity(size);
        for row in root.rows() {
            for i in 0..size {
                for j in 0..size {
                    gram[(i, j)] += row[i] * row[j];
                }
            }
        }
        let expected: Vec<f64> = (0..size).map(|i| i as f64 - 2.0).collect();
        let found = Cholesky::of(&gram, 0.0).unwrap().solve(&gram.times(&expected));
        for (x, y) in found.iter().zip(&expected) {
            prop_assert!((x - y).abs() < 1e-9, "{x} {y}");
        }
    }
}
