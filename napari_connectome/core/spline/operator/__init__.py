"""The spline model of many voxels, without its matrix.

Without W >= 0, W = 𝒦⁻¹[XᵀΛ] plus constants, where 𝒦 = (A_x ⊕ A_y)², A = -L, and Λ is the misfit
on Ω divided by -μ: a matrix of experiments by target voxels. Seen from the experiments, all of
it is a smooth function of one number, F(a) = X (A_x + a)⁻² Xᵀ, with the target's A_y in place
of a. Nothing here is of the size of W.
"""
